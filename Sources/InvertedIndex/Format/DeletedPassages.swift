import BinaryFiles
import Diagnostics

/// The file that says which passages of an index are deleted, for all segments; it is replaced whole.
///
///     starts    for each segment where its passages begin, and where the last ones end
///     passages  the numbers of deleted passages within their segment, ascending
struct DeletedPassages {
  static let format = FileFormat(magic: "PARLDELE", name: "file of deleted passages", version: FormatVersion(1, 0))
  private static let starts = "starts"
  private static let passages = "passages"

  let file: SectionedFile

  /// - Throws: `noInput`, `badInput` as `SectionedFile`.
  init(path: String) throws(ParlanceError) {
    file = try SectionedFile(path: path, format: Self.format)
  }

  /// - Returns: for each segment its deleted passages.
  /// - Throws: `badInput` unless they ascend and are those that `manifest` counts.
  func passages(of manifest: IndexManifest) throws(ParlanceError) -> [[UInt32]] {
    let (starts, passages) = (try file.section(Self.starts), try file.section(Self.passages))
    guard file.count == manifest.deletedFile?.bytes, starts.count == 8 * (manifest.segments.count + 1),
      try starts.value(UInt64.self, at: 0) == 0,
      try starts.value(UInt64.self, at: manifest.segments.count) == passages.count / 4, passages.count % 4 == 0
    else { throw contradiction() }
    var all: [[UInt32]] = []
    for (index, segment) in manifest.segments.enumerated() {
      let (start, end) = (
        try starts.value(UInt64.self, at: index), try starts.value(UInt64.self, at: index + 1)
      )
      guard start <= end, end <= passages.count / 4, Int(end - start) == segment.deleted ?? 0 else {
        throw contradiction()
      }
      let values = try passages.values(UInt32.self, from: Int(start), count: Int(end - start))
      var own: [UInt32] = []
      own.reserveCapacity(values.count)
      for place in values.indices {
        guard values[place] < segment.passages, own.last.map({ $0 < values[place] }) ?? true else {
          throw contradiction()
        }
        own.append(values[place])
      }
      all.append(own)
    }
    return all
  }

  /// - Parameter deleted: for each segment its deleted passages, ascending.
  /// - Returns: the length of the file.
  static func write(_ deleted: [[UInt32]], to path: String) throws(ParlanceError) -> Int {
    let file = try SectionedFileWriter(path: path, format: format)
    var ends: [UInt64] = [0]
    for own in deleted { ends.append(ends[ends.count - 1] + UInt64(own.count)) }
    try file.beginSection(starts)
    try file.write(ends)
    try file.beginSection(passages)
    for own in deleted { try file.write(own) }
    try file.commit()
    return file.position
  }

  private func contradiction() -> ParlanceError {
    ParlanceError(
      .badInput, "the list of deleted passages is not that of the manifest; copy all of the index again",
      at: .init(file: file.path))
  }
}
