import Diagnostics
import LineFiles

/// Reads a file of the Common Index File Format once, from its beginning to its end: a header, postings lists, records of
/// documents.
final class CIFFReader {
  struct Header: Equatable {
    var version = 0
    var postingsLists = 0
    var documents = 0
    var totalPostingsLists = 0
    var totalDocuments = 0
    var totalTerms = 0
    var averageLength = 0.0
    var description = ""
  }

  let header: Header
  private let reader: ProtobufReader
  private var listsRead = 0
  private var recordsRead = 0

  /// The most bytes of a term or an id.
  private static let longestName = 65_535

  /// How much of the file was read, for progress.
  var position: Int { reader.bytes.position }
  var fileSize: Int? { reader.bytes.fileSize }

  /// - Throws: `noInput`, `badInput`, `interrupted`.
  init(path: String, interruption: Interruption?) throws(ParlanceError) {
    reader = try ProtobufReader(path: path, interruption: interruption)
    try reader.beginMessage()
    var header = Header()
    while let (field, kind) = try reader.nextField() {
      switch field {
      case 1: header.version = try reader.count("a version", kind)
      case 2: header.postingsLists = try reader.count("a number of postings lists", kind)
      case 3: header.documents = try reader.count("a number of documents", kind)
      case 4: header.totalPostingsLists = try reader.count("a number of postings lists", kind)
      case 5: header.totalDocuments = try reader.count("a number of documents", kind)
      case 6: header.totalTerms = try reader.integer("a number of terms", kind)
      case 7: header.averageLength = try reader.double("an average length", kind)
      case 8: header.description = try reader.text("a description", kind, maximum: 1 << 20)
      default: try reader.skip(kind)
      }
    }
    guard header.version == 1 else { throw reader.fault("expected CIFF version 1, found \(header.version)") }
    // So that memory for what is announced is bounded by what is there: no list and no record has fewer than four bytes, nor,
    // since each has a name of its own, fewer than one where they are packed.
    if let size = reader.bytes.fileSize,
      max(header.postingsLists, header.documents) > (reader.bytes.isPacked ? size : size / 4)
    {
      throw reader.fault(
        "expected lists and documents that the file has room for, found \(header.postingsLists) and \(header.documents)"
      )
    }
    self.header = header
  }

  /// Gives the postings of the next list to `body`: document and impact, documents ascending.
  ///
  /// - Returns: the list's term; `nil` behind the last list.
  func nextList(
    _ body: (_ document: Int, _ impact: Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) -> String? {
    guard listsRead < header.postingsLists else { return nil }
    reader.component = "postings list \(listsRead)"
    listsRead += 1
    try reader.beginMessage()
    var term = ""
    var (frequency, postings) = (0, 0)
    var document = -1
    while let (field, kind) = try reader.nextField() {
      switch field {
      case 1: term = try reader.text("a term", kind, maximum: Self.longestName)
      case 2: frequency = try reader.integer("a document frequency", kind)
      case 4:
        var (gap, impact) = (0, 0)
        try reader.message("a posting", kind) { () throws(ParlanceError) in
          while let (field, kind) = try reader.nextField() {
            switch field {
            case 1: gap = try reader.count("the distance to a document", kind)
            case 2: impact = try reader.count("an impact", kind)
            default: try reader.skip(kind)
            }
          }
        }
        // The first one counts from document 0, each other from the one before.
        guard postings == 0 || gap > 0 else { throw reader.fault("expected documents that ascend") }
        document = max(document, 0) + gap
        guard document < header.documents else {
          throw reader.fault("expected documents below \(header.documents), found \(document)")
        }
        guard impact > 0 else { throw reader.fault("expected impacts above zero") }
        postings += 1
        try body(document, impact)
      default: try reader.skip(kind)
      }
    }
    guard !term.isEmpty else { throw reader.fault("expected a term, there is none") }
    guard frequency == postings else {
      throw reader.fault(
        "expected as many postings as the document frequency of \"\(term)\" says, \(frequency), found \(postings)")
    }
    return term
  }

  /// The next record of a document; `nil` behind the last. Asked for behind the last list.
  func nextDocument() throws(ParlanceError) -> (document: Int, id: String)? {
    guard recordsRead < header.documents else { return nil }
    reader.component = "document record \(recordsRead)"
    recordsRead += 1
    try reader.beginMessage()
    var (document, id) = (0, "")
    while let (field, kind) = try reader.nextField() {
      switch field {
      case 1: document = try reader.count("a document", kind)
      case 2: id = try reader.text("an id", kind, maximum: Self.longestName)
      default: try reader.skip(kind)
      }
    }
    guard document < header.documents else {
      throw reader.fault("expected documents below \(header.documents), found \(document)")
    }
    return (document, id)
  }

  /// - Throws: `badInput` unless nothing is left.
  func finish() throws(ParlanceError) {
    reader.component = "end"
    guard try reader.isAtEnd() else { throw reader.fault("expected the end of the file behind the last record") }
  }

  /// An error about what was read last.
  func fault(_ message: String) -> ParlanceError { reader.fault(message) }
}
