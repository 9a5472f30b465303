import BinaryFiles
import Checkpoints
import Diagnostics
import Distillation
import InvertedIndex
import Retrieval
import SparseEncoder
import SparseVectors

/// The collection that a run's student is measured on: the recipe's frozen vectors with an index that all runs share, or what the
/// student's own passage encoder makes of the passages, where one learned.
struct SearchedCollection {
  let vectors: VectorsFile
  let index: String
  /// Whether it is of this run alone, and goes with it.
  let isOwn: Bool

  init(frozen vectors: VectorsFile, index: String) {
    (self.vectors, self.index, isOwn) = (vectors, index, false)
  }

  /// Encodes all passages, in the order of the frozen vectors that teachers' lists point into. What an interrupted run left of
  /// them is not encoded again.
  ///
  /// - Parameters:
  ///   - student: the folder that the training left.
  ///   - folder: gets `own_collection.vectors` and `own_collection-index`, names that no set of turns has.
  /// - Throws: `badInput` for a passage without a text; `cannotWrite`; `interrupted`, after which it goes on from there.
  init(
    learnedBy student: String, _ settings: Recipe.Passages, like frozen: VectorsFile, in folder: String, cores: Int,
    progress: ProgressHandler?, interruption: Interruption?
  ) async throws(ParlanceError) {
    let template = try PassageText(settings.passageText)
    let separate = student + "/" + StudentDeclaration.passagesFolder
    let encoder = try SparseEncoder.open(
      Checkpoint(folder: settings.encoder == .separate ? separate : student),
      settings: EncoderSettings(maxLength: settings.maxLength, passageText: template)
    ) { part throws(ParlanceError) in try NativeForwardPass(part, cores: cores) }
    let path = folder + "/own_collection.vectors"
    let description = VectorsDescription(encoder: encoder.passageIdentity, vocabulary: encoder.vocabulary)
    if !Self.isWhole(path, description, like: frozen) {
      let texts = try PassageTexts(
        path: settings.texts, template: template, vectors: frozen, progress: progress, interruption: interruption)
      let writer = try VectorsWriter(path: path, description: description, resuming: true)
      for start in stride(from: writer.resumedCount, to: frozen.count, by: 256) {
        try interruption?.check()
        let places = start..<min(frozen.count, start + 256)
        let words = try places.map { place throws(ParlanceError) in try texts.words(at: UInt32(place)) }
        for (place, encoded) in zip(places, try await encoder.encode(words, as: .passage)) {
          try writer.append(frozen.id(at: place), encoded.vector)
        }
        progress?(Progress("encoding passages", completed: places.upperBound, total: frozen.count, unit: "passages"))
      }
      try writer.finish()
    }
    index = folder + "/own_collection-index"
    FileNames.removeTree(index)
    let files = try VectorsFiles(paths: [path])
    var configuration = IndexConfiguration()
    configuration.weights = .f32
    try IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary, configuration: configuration)
      .build(files, at: index, progress: progress, interruption: interruption)
    vectors = try VectorsFile(path: path)
    isOwn = true
  }

  /// Whether an earlier process encoded the same passages in the same order by the same encoder, to their end.
  private static func isWhole(_ path: String, _ description: VectorsDescription, like frozen: VectorsFile) -> Bool {
    guard let file = try? VectorsFile(path: path) else { return false }
    return file.description == description && file.count == frozen.count && file.idDigest == frozen.idDigest
  }

  /// Removes what nobody searches any more.
  ///
  /// - Parameter fault: why the run ended before it was measured. One that was interrupted goes on with what is there.
  func remove(after fault: ParlanceError? = nil) {
    guard isOwn, fault?.code != .interrupted else { return }
    FileNames.remove(vectors.path, faults: nil)
    FileNames.removeTree(index)
  }
}
