import BinaryFiles
import StrictJSON
import Conversations
import Identifiers

/// The bytes of a passage in the document store: title, text, and metadata, of which nothing is lost.
///
///     title length, text length, metadata length (u32 each), title, text, metadata
///
/// Metadata is an object in the form of `MetadataCodec`, empty where there is none.
enum PassageRecord {
  static func append(_ passage: Passage, to bytes: inout [UInt8]) {
    let start = bytes.count
    for _ in 0..<12 { bytes.append(0) }
    bytes.append(contentsOf: passage.title.utf8)
    let titleEnd = bytes.count
    bytes.append(contentsOf: passage.text.utf8)
    let textEnd = bytes.count
    if !passage.metadata.isEmpty { MetadataCodec.append(.object(passage.metadata), to: &bytes) }
    var lengths: [UInt8] = []
    lengths.append(littleEndian: UInt32(titleEnd - start - 12))
    lengths.append(littleEndian: UInt32(textEnd - titleEnd))
    lengths.append(littleEndian: UInt32(bytes.count - textEnd))
    bytes.replaceSubrange(start..<start + 12, with: lengths)
  }

  /// - Returns: `nil` where the bytes do not begin with a record.
  static func passage(_ id: ExternalID, in bytes: RawSpan) -> Passage? {
    guard bytes.byteCount >= 12 else { return nil }
    let title = 12 + Int(bytes.load(UInt32.self, at: 0))
    let text = title + Int(bytes.load(UInt32.self, at: 4))
    let end = text + Int(bytes.load(UInt32.self, at: 8))
    guard end <= bytes.byteCount,
      let titleString = String(validating: bytes.extracting(12..<title).array(), as: UTF8.self),
      let textString = String(validating: bytes.extracting(title..<text).array(), as: UTF8.self)
    else { return nil }
    var passage = Passage(id: id, title: titleString, text: textString)
    if end > text {
      guard case .object(let metadata) = MetadataCodec.value(in: bytes.extracting(text..<end)) else { return nil }
      passage.metadata = metadata
    }
    return passage
  }
}
