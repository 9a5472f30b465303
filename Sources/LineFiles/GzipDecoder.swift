import BinaryFiles
import Diagnostics

/// Unpacks gzip (RFC 1952), several members one after the other included, in bounded memory.
final class GzipDecoder {
  private let path: String
  private let inflater: Inflater
  private var input: [UInt8] = []
  private var inputStart = 0
  /// Whether the last member is complete, so that the file may end here.
  private var isBetweenMembers = false
  private var sawPadding = false

  /// - Throws: `internalFault` when zlib has no memory.
  init(path: String) throws(ParlanceError) {
    self.path = path
    inflater = try Inflater(.gzip)
  }

  /// Takes packed bytes; the ones before must be used up.
  func take(_ bytes: [UInt8], count: Int) {
    input = Array(bytes[..<count])
    inputStart = 0
  }

  /// Unpacks into `buffer` from index `start` on.
  ///
  /// - Returns: how many bytes; 0 when it needs more packed ones.
  /// - Throws: `badInput`.
  func read(into buffer: inout [UInt8], from start: Int) throws(ParlanceError) -> Int {
    while inputStart < input.count {
      if isBetweenMembers {
        // Tapes and some tools fill up with zeros behind the last member.
        if input[inputStart] == 0 {
          sawPadding = true
          inputStart += 1
          continue
        }
        guard !sawPadding else { throw damaged("bytes after its end") }
        inflater.reset()
        isBetweenMembers = false
      }
      let packed = input
      let (status, consumed, produced) = inflater.inflate(
        packed.rawSpan.extracting(inputStart..<packed.count), into: &buffer, from: start)
      inputStart += consumed
      switch status {
      case .more: break
      case .end: isBetweenMembers = true
      case .damaged(let what): throw damaged(what)
      }
      if produced > 0 { return produced }
    }
    return 0
  }

  /// - Throws: `badInput` when the file ended within a member.
  func finish() throws(ParlanceError) {
    guard isBetweenMembers else {
      throw ParlanceError(.badInput, "the gzip file is cut short; copy it again", at: .init(file: path))
    }
  }

  private func damaged(_ what: String) -> ParlanceError {
    ParlanceError(.badInput, "the gzip file is damaged: \(what); copy it again", at: .init(file: path))
  }
}
