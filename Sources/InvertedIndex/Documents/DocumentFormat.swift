import BinaryFiles

/// The passages of a segment, as Documentation/formats/index.md describes them.
///
///     texts         compressed blocks of records, in the order in which passages were given; absent without texts
///     text blocks   for each block where it begins, compressed and not; one more at the end
///     text places   for each passage where its record begins, as if nothing were compressed
///     ids           the bytes of all ids
///     id starts     for each passage where its id begins; one more at the end
///     id hashes     FNV-1a hashes of the ids (`ExternalID.stableHash`), ascending
///     id passages   for each hash its passage
///
/// Where there are texts, the sections of `MetadataColumns` follow, from version 1.1 on.
enum DocumentFormat {
  static let format = FileFormat(magic: "PARLPASS", name: "passages file of an index", version: FormatVersion(1, 1))

  static let texts = "texts"
  static let textBlocks = "text blocks"
  static let textPlaces = "text places"
  static let ids = "ids"
  static let idStarts = "id starts"
  static let idHashes = "id hashes"
  static let idPassages = "id passages"
}

/// Where a block of texts begins.
struct TextBlock: BitwiseCopyable, Comparable {
  /// In the section `texts`.
  var offset: UInt64
  /// Among the uncompressed bytes.
  var place: UInt64

  static func < (left: Self, right: Self) -> Bool { left.place < right.place }
}
