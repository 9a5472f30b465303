/// The terms under which a model's weights may be used, as far as its folder or its owner tells.
public struct Licence: Sendable, Hashable {
  public enum CommercialUse: Sendable, Hashable {
    case allowed
    case forbidden
    case unknown
  }

  /// Where the knowledge comes from.
  public enum Source: String, Sendable, Hashable {
    case modelCard = "README.md"
    case licenceFile = "LICENSE"
    case owner = "known of its owner"
    case none = "not stated"
  }

  /// An SPDX-like name in lower case, such as `apache-2.0` or `cc-by-nc-sa-4.0`; `nil` when nobody says.
  public var name: String?
  public var source: Source

  public init(name: String?, source: Source) {
    self.name = name
    self.source = source
  }

  public var commercialUse: CommercialUse {
    guard let name else { return .unknown }
    if name.contains("-nc") || name.contains("noncommercial") { return .forbidden }
    let free = ["apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "cc0-1.0", "cc-by-4.0", "cc-by-sa-4.0", "isc"]
    return free.contains(name) ? .allowed : .unknown
  }

  /// One line for a person: `apache-2.0, free for any use (README.md)`.
  public var summary: String {
    switch (name, commercialUse) {
    case (let name?, .allowed): "\(name), commercial use allowed (\(source.rawValue))"
    case (let name?, .forbidden): "\(name), NOT for commercial use (\(source.rawValue))"
    case (let name?, .unknown): "\(name), read it before commercial use (\(source.rawValue))"
    case (nil, _): "not stated: ask the model's owner before you use it"
    }
  }

  /// Looks in the model card's front matter, then in the licence file, then at who published the model.
  ///
  /// - Parameter owner: the part before the slash of a hub name.
  static func find(modelCard: String?, licenceFile: String?, owner: String?) -> Licence {
    if let name = modelCard.flatMap(frontMatterLicence) { return Licence(name: name, source: .modelCard) }
    if let name = licenceFile.flatMap(recognise) { return Licence(name: name, source: .licenceFile) }
    if let name = owner.flatMap({ knownOwners[$0.lowercased()] }) { return Licence(name: name, source: .owner) }
    return Licence(name: nil, source: .none)
  }

  /// What publishers of SPLADE models put all of theirs under.
  private static let knownOwners: [String: String] = [
    "naver": "cc-by-nc-sa-4.0",
    "slupart": "cc-by-nc-sa-4.0",
    "opensearch-project": "apache-2.0",
    "prithivida": "apache-2.0",
    "ibm-granite": "apache-2.0",
  ]

  /// The value of `license:` between the two lines `---` at the head of a model card.
  private static func frontMatterLicence(_ card: String) -> String? {
    var lines = card.split(omittingEmptySubsequences: false) { $0.isNewline }.makeIterator()
    guard lines.next()?.filter({ $0 != "\u{FEFF}" }) == "---" else { return nil }
    var pieces: [String: String] = [:]
    while let line = lines.next(), line != "---" {
      guard line.first?.isWhitespace == false, let colon = line.firstIndex(of: ":") else { continue }
      let value = line[line.index(after: colon)...].filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" }
      pieces[String(line[..<colon])] = value.lowercased()
    }
    if pieces["license"] == "other", let name = pieces["license_name"], !name.isEmpty { return name }
    return pieces["license"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Recognises the licences that models come under by the words of their first lines.
  private static func recognise(_ text: String) -> String? {
    let head = text.prefix(2000).lowercased()
    if head.contains("apache license") { return "apache-2.0" }
    if head.contains("noncommercial-sharealike 4.0") { return "cc-by-nc-sa-4.0" }
    if head.contains("noncommercial 4.0") { return "cc-by-nc-4.0" }
    if head.contains("attribution-sharealike 4.0") { return "cc-by-sa-4.0" }
    if head.contains("attribution 4.0") { return "cc-by-4.0" }
    if head.contains("mit license") || head.contains("permission is hereby granted, free of charge") { return "mit" }
    return nil
  }
}
