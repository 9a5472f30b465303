import BinaryFiles
import Diagnostics
import Identifiers
import LineFiles
import SparseVectors

/// The words that vectors were made of as far as they are written, hashed into a file beside them: the same ids with other texts,
/// or with another form of the query, are not gone on with.
///
/// Before each chunk of vectors a line says how many there are with it, and the SHA-256 over all ids and words so far.
struct EncodedWords {
  /// The file that the vectors are in until it is finished.
  private let vectors: String
  private let path: String
  private let file: OutputFile
  private let known: [Int: String]
  private var hash = SHA256()
  private var count = 0

  /// - Parameters:
  ///   - target: the file of the vectors.
  ///   - resumed: how many vectors there are already.
  /// - Throws: `cannotWrite`.
  init(for target: String, resumed: Int) throws(ParlanceError) {
    vectors = VectorsWriter.partialPath(for: target)
    path = vectors + ".words"
    if resumed == 0 { FileNames.remove(path, faults: nil) }
    var known: [Int: String] = [:]
    if FileNames.exists(path) {
      let reader = try LineReader(path: path)
      while let line = try reader.nextString() {
        let parts = line.split(separator: " ")
        // What was written later counts.
        if parts.count == 2, let count = Int(parts[0]) { known[count] = String(parts[1]) }
      }
    }
    self.known = known
    file = try OutputFile(path: path, mode: .append)
  }

  /// Takes the words of the next vector, before it is appended.
  mutating func add(_ item: EncodeInput.Item, isThere: Bool) throws(ParlanceError) {
    hash.update("\(item.id.string.utf8.count) \(item.words.utf8.count) \(item.id.string)\(item.words)")
    count += 1
    guard !isThere, count.isMultiple(of: VectorsWriter.resumableEvery) else { return }
    try file.write(Array("\(count) \(hash.finish().hexadecimal)\n".utf8).rawSpan)
  }

  /// - Throws: `badInput` where the words taken so far are not those that the vectors were made of. Where no line says how it was,
  ///   as after a cut of power or of versions before there were lines, nothing is known and nothing refused.
  func checkResumed() throws(ParlanceError) {
    guard let then = known[count], then != hash.finish().hexadecimal else { return }
    throw ParlanceError(
      .badInput,
      "\(count) vectors of it were made of other words under these ids: other texts, another --form or --passage-text, or other "
        + "rewrites; --restart begins again", at: .init(file: vectors))
  }

  func remove() { FileNames.remove(path, faults: nil) }
}
