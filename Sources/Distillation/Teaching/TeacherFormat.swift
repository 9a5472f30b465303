import BinaryFiles

/// The sections of a `.teacher` file; Documentation/formats/teacher.md describes every byte.
enum TeacherFormat {
  static let format = FileFormat(magic: "PRLTEACH", name: ".teacher file", version: FormatVersion(1, 0))

  /// The version with `weights`, which a reader of the one before passes over.
  static let weighted = FileFormat(magic: "PRLTEACH", name: ".teacher file", version: FormatVersion(1, 1))

  /// For each query its passages, scores, and where there is a vector its terms and weights, four bytes each.
  static let lists = "lists"
  /// For each query where its part of `lists` begins (8), and the number of its passages (4) and terms (4).
  static let queries = "queries"
  /// The queries' ids, each with a line feed.
  static let ids = "ids"
  /// For each query how much it counts in training, four bytes; only where they differ.
  static let weights = "weights"
  /// `TeacherDescription` as JSON.
  static let description = "description"

  static let bytesPerQuery = 16
}
