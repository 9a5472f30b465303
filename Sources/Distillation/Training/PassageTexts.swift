import BinaryFiles
import Conversations
package import Diagnostics
import Identifiers
package import SparseEncoder
package import SparseVectors
import StrictJSON

/// The words of passages by their places in a vectors' file, read out of a JSONL file when they are asked for.
///
/// Only where each line begins is kept: eight bytes a passage.
package final class PassageTexts: Sendable {
  private let file: MappedFile
  private let template: PassageText
  private let starts: [Int]

  /// Reads the file once. It may hold more passages than the vectors, in any order.
  ///
  /// - Throws: `badInput` when a passage of the vectors has no text in the file, or when the file is compressed.
  package init(
    path: String, template: PassageText, vectors: VectorsFile, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    let file = try MappedFile(path: path)
    if file.count > 1, file.bytes.load(UInt8.self, at: 0) == 0x1F, file.bytes.load(UInt8.self, at: 1) == 0x8B {
      throw ParlanceError(
        .badInput, "expected a plain file, since passages are read out of its middle; this one is compressed",
        at: .init(file: path))
    }
    var starts = [Int](repeating: -1, count: vectors.count)
    // As a rule the file is what the vectors were made of, and its order is theirs.
    var next = 0
    var places: [ExternalID: Int]?
    for start in Self.lineStarts(file.bytes) {
      let id = try Self.passage(at: start, of: file).id
      let expected = next < vectors.count ? try vectors.id(at: next) : nil
      if id != expected {
        if places == nil { places = try Self.places(of: vectors) }
        guard let place = places?[id] else { continue }
        next = place
      }
      starts[next] = start
      next += 1
      if next.isMultiple(of: 4096) {
        try interruption?.check()
        progress?(Progress("reading texts", completed: next, total: vectors.count, unit: "passages"))
      }
    }
    if let missing = starts.firstIndex(of: -1) {
      throw ParlanceError(
        .badInput,
        "\(starts.count { $0 < 0 }) of the \(vectors.count) passages of the vectors have no text here, such as "
          + "\(try vectors.id(at: missing).string)", at: .init(file: path))
    }
    self.file = file
    self.template = template
    self.starts = starts
  }

  /// What tells these texts from others.
  var digest: String {
    let file = file
    return SHA256.digest(of: file.bytes).hexadecimal
  }

  /// The words of a passage.
  package func words(at place: UInt32) throws(ParlanceError) -> String {
    let passage = try Self.passage(at: starts[Int(place)], of: file)
    return template.words(of: Passage(id: passage.id, title: passage.title, text: passage.text))
  }

  private static func places(of vectors: VectorsFile) throws(ParlanceError) -> [ExternalID: Int] {
    var places: [ExternalID: Int] = [:]
    places.reserveCapacity(vectors.count)
    for place in 0..<vectors.count { places[try vectors.id(at: place)] = place }
    return places
  }

  /// Where lines begin that are not empty; the `\r` of a `\r\n` is none of JSON's business, and so no content.
  private static func lineStarts(_ bytes: RawSpan) -> [Int] {
    var starts: [Int] = []
    var (start, isEmpty) = (0, true)
    for place in 0...bytes.byteCount {
      let byte = place < bytes.byteCount ? bytes.load(UInt8.self, at: place) : UInt8(ascii: "\n")
      guard byte == UInt8(ascii: "\n") else {
        if byte != UInt8(ascii: "\r") { isEmpty = false }
        continue
      }
      if !isEmpty { starts.append(start) }
      (start, isEmpty) = (place + 1, true)
    }
    return starts
  }

  private static func passage(
    at start: Int, of file: MappedFile
  ) throws(ParlanceError) -> (id: ExternalID, title: String, text: String) {
    let bytes = file.bytes
    var end = start
    while end < bytes.byteCount, bytes.load(UInt8.self, at: end) != UInt8(ascii: "\n") { end += 1 }
    let json = try JSONValue(parsing: bytes.extracting(start..<end), file: file.path)
    guard let id = json["_id"]?.string, let text = json["text"]?.string else {
      throw ParlanceError(
        .badInput, "expected a passage with `_id` and `text`, both strings, at byte \(start)",
        at: .init(file: file.path))
    }
    return (ExternalID(id), json["title"]?.string ?? "", text)
  }
}
