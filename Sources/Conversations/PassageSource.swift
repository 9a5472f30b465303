import BinaryFiles
public import Diagnostics

/// Passages one after the other, of files or of whatever a program takes them from, each with its place for errors.
///
///     let passages = try PassageSource(files: ["a.jsonl", "b.jsonl.gz"])
///     while let passage = try passages.next() { … }
public struct PassageSource {
  private let give: () throws(ParlanceError) -> Passage?
  private let place: () -> ParlanceError.Location?

  /// - Parameters:
  ///   - next: called until it gives `nil`.
  ///   - location: where the passage given last came from, if that has a name.
  public init(
    _ next: @escaping () throws(ParlanceError) -> Passage?,
    location: @escaping () -> ParlanceError.Location? = { nil }
  ) {
    give = next
    place = location
  }

  /// Files as `PassageReader` reads them, one behind the other and one open at a time. All are looked at first, so that a missing
  /// one is told before anything is done; ids are not compared.
  ///
  /// - Parameter interruption: as of `PassageReader`.
  /// - Throws: `noInput`; `badInput` for a damaged gzip file; `interrupted`.
  public init(files: [String], interruption: Interruption? = nil) throws(ParlanceError) {
    // What gives its bytes once is opened once.
    for path in files where path != "-" && !FileNames.isStream(path) { _ = try Self.reader(of: path, interruption) }
    var rest = files[...]
    var reader: PassageReader?
    give = { () throws(ParlanceError) in
      while true {
        if let passage = try reader?.next() { return passage }
        reader = nil
        guard let path = rest.popFirst() else { return nil }
        reader = try Self.reader(of: path, interruption)
      }
    }
    place = { reader?.location }
  }

  private static func reader(of path: String, _ interruption: Interruption?) throws(ParlanceError) -> PassageReader {
    try PassageReader(path: path, refusingDuplicates: false, interruption: interruption)
  }

  /// The next passage, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names file and line; `noInput`; `interrupted`.
  public func next() throws(ParlanceError) -> Passage? { try give() }

  /// Where the passage given last came from; `nil` where nobody knows.
  public var location: ParlanceError.Location? { place() }
}
