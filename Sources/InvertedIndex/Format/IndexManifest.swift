import BinaryFiles
import Diagnostics
import SparseVectors
import StrictJSON

/// What an index is made of: the one file that says which others belong to it.
///
/// Every other file is written once under a name of its own and never changed. Replacing the manifest in one step is
/// what makes a build take effect, so a reader sees the index as it was before or as it is after.
struct IndexManifest: Codable, Sendable, Equatable {
  struct File: Codable, Sendable, Equatable {
    var name: String
    var bytes: Int
  }

  struct Segment: Codable, Sendable, Equatable {
    var postingsFile: File
    var passagesFile: File
    var passages: Int
    var postings: Int
    var hasTexts: Bool
    /// How many of the passages are deleted; none when `nil`.
    var deleted: Int?

    var livePassages: Int { passages - (deleted ?? 0) }
  }

  /// Counts the manifests of this folder; file names begin with it.
  var generation: Int
  var weights: StoredWeights
  /// The encoder of the passages.
  var passageSpace: EncoderIdentity
  var vocabularyFile: File
  var vocabularyDigest: String
  var vocabularySize: Int
  var segments: [Segment]
  /// Which passages are deleted, where some are.
  var deletedFile: File?
  /// How words are weighed, where the index holds BM25's weights.
  var bm25: BM25Configuration?
  /// How many terms of each passage were kept, the heaviest; all of them when `nil`.
  var keptTerms: Int?

  /// Deleted ones included: the numbers of documents are below.
  var passages: Int { segments.reduce(0) { $0 + $1.passages } }
  var livePassages: Int { segments.reduce(0) { $0 + $1.livePassages } }
  var postings: Int { segments.reduce(0) { $0 + $1.postings } }
  var files: [File] {
    [vocabularyFile] + segments.flatMap { [$0.postingsFile, $0.passagesFile] } + (deletedFile.map { [$0] } ?? [])
  }

  /// The version of the format that this manifest needs: who does not know of deleted passages would find them.
  var version: FormatVersion { deletedFile == nil ? FormatVersion(1, 0) : FormatVersion(2, 0) }

  static let fileName = "manifest"
  static let format = format(FormatVersion(2, 0))
  private static let section = "manifest"

  private static func format(_ version: FormatVersion) -> FileFormat {
    FileFormat(magic: "PARLINDX", name: "manifest of an index", version: version, oldestMajor: 1)
  }

  static func path(in folder: String) -> String { folder + "/" + fileName }

  /// - Throws: `noInput` when `folder` holds no index or may not be looked into; `badInput` when its manifest is damaged or of another version.
  /// - Returns: the manifest, the length of its file, and which file it was.
  static func read(
    from folder: String
  ) throws(ParlanceError) -> (manifest: IndexManifest, bytes: Int, stamp: FileStamp) {
    let path = path(in: folder)
    guard !FileNames.isMissing(path) else {
      throw ParlanceError(
        .noInput, "expected an index, there is none; build it by: parlance index build", at: .init(file: folder))
    }
    let file = try SectionedFile(path: path, format: format)
    try file.verify()
    let section = try file.section(section)
    let bytes = try section.copy(of: 0..<section.count)
    guard let manifest = CodableJSON.value(IndexManifest.self, in: bytes), manifest.makesSense else {
      throw contradiction(path)
    }
    return (manifest, file.count, file.stamp)
  }

  /// Makes this the manifest of `folder`, in one step.
  ///
  /// - Throws: `cannotWrite`, also where what is written could not be read again.
  func write(to folder: String) throws(ParlanceError) {
    let path = Self.path(in: folder)
    guard makesSense else {
      throw ParlanceError(
        .cannotWrite, "the index is as large as its format can say, or has been changed as often; build it anew",
        at: .init(file: path))
    }
    let bytes = try CodableJSON.bytes(
      of: self, isPretty: true, orSay: "the manifest cannot be written as JSON", at: path)
    let file = try SectionedFileWriter(path: path, format: Self.format(version))
    try file.beginSection(Self.section)
    try file.write(bytes)
    try file.commit()
  }

  /// File names have numbers of up to twelve digits, and another generation must fit.
  private static let greatestGeneration = 999_999_999_998

  /// Names lie in the folder itself, each file is named once, and numbers fit what the formats can hold, also added up.
  private var makesSense: Bool {
    Set(files.map(\.name)).count == files.count
      && files.allSatisfy { !$0.name.isEmpty && !$0.name.utf8.contains(UInt8(ascii: "/")) && $0.bytes >= 0 }
      && segments.allSatisfy {
        (0...Int(UInt32.max)).contains($0.passages) && $0.postings >= 0
          && (0...$0.passages).contains($0.deleted ?? 0)
      }
      && (deletedFile != nil || segments.allSatisfy { $0.deleted == nil })
      && passages <= Int(UInt32.max) && (0...Int(UInt32.max)).contains(vocabularySize)
      && (0...Self.greatestGeneration).contains(generation) && sumsFit
  }

  private var sumsFit: Bool {
    Self.canBeAdded(files.map(\.bytes)) && Self.canBeAdded(segments.map(\.postings))
  }

  /// - Parameter numbers: none below zero.
  private static func canBeAdded(_ numbers: [Int]) -> Bool {
    var rest = Int.max
    return numbers.allSatisfy { number in
      rest -= number
      return rest >= 0
    }
  }

  private static func contradiction(_ path: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the manifest makes no sense; build the index anew or copy it again", at: .init(file: path))
  }
}
