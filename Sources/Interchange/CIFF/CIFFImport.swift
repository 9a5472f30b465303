import BinaryFiles
public import Diagnostics
public import Identifiers
public import SparseVectors

/// Vectors out of a file of the Common Index File Format (CIFF), which has postings by term.
///
///     let file = try CIFFImport(path: "index.ciff")
///     try file.forEachVector { id, vector throws(ParlanceError) in try writer.append(id, vector) }
///
/// The file is read once to find out what is in it, and then once for as many documents as fit into memory: weights are the
/// impacts as they are. Memory: `memory`, and 5 bytes a document that the file names or claims.
public struct CIFFImport: Sendable {
  public let path: String
  /// The pieces of the terms: those of the caller, or the terms of the file in their order.
  public let vocabulary: Vocabulary
  /// What the file says about itself.
  public let description: String
  public let postings: Int
  public var count: Int { postingsOfDocuments.count }

  private let postingsOfDocuments: [UInt32]
  /// The term of each list.
  private let terms: [TermID]
  private let memory: Int

  /// How much memory postings may take, unless the caller says so.
  public static let usualMemory = 1 << 28
  /// The most memory that is taken because a header says how many documents or lists there are.
  private static let believed = 1 << 16

  /// Reads the file once and checks it.
  ///
  /// - Parameters:
  ///   - path: a file, plain or gzip. It is read more than once, so it is no pipe.
  ///   - vocabulary: which terms there are; `nil` takes those of the file.
  ///   - memory: how many bytes postings may take at once.
  /// - Throws: `usage` for a stream; `noInput`; `badInput` that names the message and the byte; `interrupted`.
  public init(
    path: String, vocabulary: Vocabulary? = nil, memory: Int = Self.usualMemory, progress: ProgressHandler? = nil,
    interruption: Interruption? = nil
  ) throws(ParlanceError) {
    if path == "-" || FileNames.isStream(path) {
      throw ParlanceError(.usage, "CIFF is read more than once; expected a file, not a stream", at: .init(file: path))
    }
    self.path = path
    self.memory = memory
    let reader = try CIFFReader(path: path, interruption: interruption)
    var counts: [UInt32] = []
    var names: [ExternalID] = []
    var postings = 0
    counts.reserveCapacity(min(reader.header.documents, Self.believed))
    while true {
      let term = try reader.nextList { document, impact throws(ParlanceError) in
        guard Float(exactly: impact) != nil else {
          throw reader.fault("expected an impact that single precision holds, found \(impact)")
        }
        if document >= counts.count {
          counts.append(contentsOf: repeatElement(0, count: document + 1 - counts.count))
        }
        counts[document] += 1
        postings += 1
      }
      guard let term else { break }
      names.append(ExternalID(term))
      try Self.report("looking through", reader, progress, interruption, each: names.count)
    }
    var seen = [Bool](repeating: false, count: counts.count)
    var records = 0
    while let (document, id) = try reader.nextDocument() {
      if let fault = ExternalID.fault(of: id) { throw reader.fault("expected an id \(fault)") }
      if document >= seen.count { seen.append(contentsOf: repeatElement(false, count: document + 1 - seen.count)) }
      guard !seen[document] else { throw reader.fault("expected one record of document \(document), found two") }
      seen[document] = true
      records += 1
      try Self.report("looking through", reader, progress, interruption, each: records)
    }
    try reader.finish()
    // As many records as documents, none twice: each has one.
    counts.append(contentsOf: repeatElement(0, count: seen.count - counts.count))
    postingsOfDocuments = counts
    self.postings = postings
    description = reader.header.description
    (self.vocabulary, terms) = try Self.terms(names, vocabulary, path)
  }

  private static func terms(
    _ names: [ExternalID], _ vocabulary: Vocabulary?, _ path: String
  ) throws(ParlanceError) -> (Vocabulary, [TermID]) {
    let own = try Vocabulary(pieces: names, at: .init(file: path))
    guard let vocabulary else { return (own, names.indices.map { TermID(UInt32($0)) }) }
    var terms: [TermID] = []
    for (index, name) in names.enumerated() {
      guard let term = vocabulary.term(of: name) else {
        throw ParlanceError(
          .badInput, "expected terms of the vocabulary (\(vocabulary.count) pieces), it has no \"\(name)\"",
          at: .init(file: path, component: "postings list \(index)"))
      }
      terms.append(term)
    }
    return (vocabulary, terms)
  }

  /// Gives the vectors to `body` in the order of the documents.
  ///
  /// - Throws: `badInput` when the file was changed meanwhile; `interrupted`; what `body` throws.
  public func forEachVector(
    progress: ProgressHandler? = nil, interruption: Interruption? = nil,
    _ body: (ExternalID, SparseVector) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var first = 0
    while first < count {
      var (end, postings) = (first, 0)
      while end < count,
        end == first
          || (postings + Int(postingsOfDocuments[end])) * 8 + (end + 1 - first) * CIFFDocuments.bytesEach <= memory
      {
        postings += Int(postingsOfDocuments[end])
        end += 1
      }
      var group = try CIFFDocuments(first..<end, counts: postingsOfDocuments[first..<end])
      try read(into: &group, progress, interruption)
      for document in first..<end { try body(group.id(of: document), group.vector(of: document)) }
      first = end
    }
  }

  private func read(
    into group: inout CIFFDocuments, _ progress: ProgressHandler?, _ interruption: Interruption?
  ) throws(ParlanceError) {
    let reader = try CIFFReader(path: path, interruption: interruption)
    let changed = ParlanceError(.badInput, "the file was changed while it was read", at: .init(file: path))
    guard reader.header.documents == count, reader.header.postingsLists == terms.count else { throw changed }
    for (list, term) in terms.enumerated() {
      _ = try reader.nextList { document, impact throws(ParlanceError) in
        guard group.add(term, Float(impact), to: document) else { throw changed }
      }
      try Self.report("importing", reader, progress, interruption, each: list)
    }
    while let (document, id) = try reader.nextDocument() { group.name(document, ExternalID(id)) }
    try reader.finish()
    guard group.isWhole else { throw changed }
  }

  private static func report(
    _ activity: String, _ reader: CIFFReader, _ progress: ProgressHandler?, _ interruption: Interruption?, each: Int
  ) throws(ParlanceError) {
    guard each & 1023 == 0 else { return }
    try interruption?.check()
    progress?(Progress(activity, completed: reader.position, total: reader.fileSize, unit: "bytes"))
  }
}
