import BinaryFiles
public import Checkpoints
public import Diagnostics
public import SparseEncoder
import SparseVectors

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A student and its passage encoder as one model of sentence-transformers: `encode_query` is the student's vector,
/// `encode_document` the passage encoder's.
///
/// ```swift
/// let export = try StudentExport(student: Checkpoint(folder: "run/student"), passages: nil)
/// try export.write(to: "exported")
/// ```
///
/// Where sentence-transformers' own modules can express the student, the model is a `Router`. A residual student and one that
/// keeps some terms only bring a module in Python, in the folder. Parlance loads either.
public struct StudentExport: Sendable {
  /// How the two are put together.
  public enum Layout: String, Sendable, Codable {
    /// sentence-transformers' own `Router`.
    case router
    /// The module `ParlanceStudent`, loaded with `trust_remote_code=True`.
    case module
  }

  public let student: Checkpoint
  public let passages: Checkpoint
  public let layout: Layout
  /// Whether the frozen encoder of the student is the passage encoder, which then is in the folder once.
  private let frozenEncodesPassages: Bool
  private let settings: EncoderSettings

  /// - Parameters:
  ///   - passages: the passage encoder; when `nil` the one in the student's folder, be it a residual student's frozen encoder or one
  ///     that learned with the student.
  ///   - settings: those that the passages were encoded with.
  ///   - trusted: whether the user vouches for a passage encoder that is not the one that the student was distilled for.
  /// - Throws: `usage` when the passage encoder has to be named; `badInput` for a model that is no student, for another passage
  ///   encoder than the student's, and for one that a Router cannot hold.
  public init(
    student: Checkpoint, passages: Checkpoint?, settings: EncoderSettings = EncoderSettings(), trusted: Bool = false
  ) throws(ParlanceError) {
    guard let declared = student.student else {
      throw ParlanceError(
        .badInput,
        "expected a student, a folder with parlance.json as `parlance train` leaves it; one whose passages learned with it (shared) is a "
          + "checkpoint for both sides as it is",
        at: .init(file: student.folder))
    }
    let space = EncoderIdentity(digest: declared.passageSpaceDigest, name: declared.passageSpaceName)
    func identity(_ model: Checkpoint) throws(ParlanceError) -> EncoderIdentity {
      try EncoderIdentity(checkpoint: model, settings: settings)
    }
    let frozen = try student.frozenPart()
    if let passages {
      let found = try identity(passages)
      guard trusted || found == space else {
        throw ParlanceError(
          .badInput,
          "expected \(space), for whose passages the student was distilled; found \(found). Were they encoded with another "
            + "--max-length or --passage-text? --trust-model takes this one all the same",
          at: .init(file: passages.folder))
      }
      self.passages = passages
    } else if let frozen, try identity(frozen) == space {
      self.passages = frozen
    } else if let learned = try student.passagesPart(), try identity(learned) == space {
      self.passages = learned
    } else {
      throw ParlanceError(
        .usage,
        "expected --model with \(space), which encodes the student's passages: it is not in the student's folder",
        at: .init(file: student.folder))
    }
    // The copy cuts its texts at its own length.
    if let frozen, frozen.maxLength <= settings.maxLength ?? EncoderSettings.standardMaxLength {
      frozenEncodesPassages = try identity(frozen) == identity(self.passages)
    } else {
      frozenEncodesPassages = false
    }
    guard student.prompts.query == frozen?.prompts.query ?? student.prompts.query else {
      throw ParlanceError(
        .badInput, "the student and its frozen encoder put different words before a query, which one model cannot",
        at: .init(file: student.folder))
    }
    self.student = student
    self.settings = settings
    layout = declared.residual == nil && declared.keepsAllTerms ? .router : .module
  }

  /// Writes a new folder.
  ///
  /// - Throws: `cannotWrite`, also when something is there; `badInput` for an inference-free passage encoder.
  public func write(to folder: String) throws(ParlanceError) {
    let folder = FileNames.withoutTrailingSlashes(folder)
    guard FileNames.isMissing(folder) else {
      throw ParlanceError(.cannotWrite, "expected a new folder, this one is there", at: .init(file: folder))
    }
    let fresh = folder + ".new"
    try? FileManager.default.removeItem(atPath: fresh)
    do {
      try writeParts(to: fresh)
      try FileNames.rename(fresh, to: folder, faults: nil)
    } catch {
      try? FileManager.default.removeItem(atPath: fresh)
      throw error
    }
  }

  private func writeParts(to folder: String) throws(ParlanceError) {
    let names = StudentPair.self
    try student.copy(to: folder + "/" + names.queryFolder)
    // Once is enough where the module can take the frozen encoder for the passages'.
    if layout == .router || !frozenEncodesPassages {
      try passages.copy(
        to: folder + "/" + names.documentFolder, maxLength: settings.maxLength(for: passages))
    }
    var files = SentenceTransformersFiles(
      prompts: Prompts(query: student.prompts.query, passage: passages.prompts.passage))
    switch layout {
    case .router:
      files.addRoute("query", folder: names.queryFolder, head: student.head)
      files.addRoute("document", folder: names.documentFolder, head: passages.head)
    case .module:
      files.addModule("parlance_student.\(names.moduleClass)", file: names.moduleFile, text: ParlanceStudentModule.text)
    }
    try files.write(to: folder)
    let card = StudentExportCard(student: student, passages: passages, layout: layout)
    try AtomicFile.write(Array(card.text.utf8), to: folder + "/README.md")
  }
}
