import BinaryFiles
import Checkpoints
public import Diagnostics
public import Distillation
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

  /// Encodes all passages, in the order of the frozen vectors that teachers' lists point into.
  ///
  /// - Parameters:
  ///   - student: the folder that the training left.
  ///   - folder: gets `collection.vectors` and `collection-index`.
  /// - Throws: `badInput` for a passage without a text; `cannotWrite`; `interrupted`.
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
    let texts = try PassageTexts(
      path: settings.texts, template: template, vectors: frozen, progress: progress, interruption: interruption)
    let path = folder + "/collection.vectors"
    FileNames.remove(path, faults: nil)
    let description = VectorsDescription(encoder: encoder.passageIdentity, vocabulary: encoder.vocabulary)
    let writer = try VectorsWriter(path: path, description: description, resuming: false)
    for start in stride(from: 0, to: frozen.count, by: 256) {
      try interruption?.check()
      let places = start..<min(frozen.count, start + 256)
      let words = try places.map { place throws(ParlanceError) in try texts.words(at: UInt32(place)) }
      for (place, encoded) in zip(places, try await encoder.encode(words, as: .passage)) {
        try writer.append(frozen.id(at: place), encoded.vector)
      }
      progress?(Progress("encoding passages", completed: places.upperBound, total: frozen.count, unit: "passages"))
    }
    try writer.finish()
    index = folder + "/collection-index"
    FileNames.removeTree(index)
    let files = try VectorsFiles(paths: [path])
    var configuration = IndexConfiguration()
    configuration.weights = .f32
    try IndexBuilder(passageSpace: files.passageSpace, vocabulary: files.vocabulary, configuration: configuration)
      .build(files, at: index, progress: progress, interruption: interruption)
    vectors = try VectorsFile(path: path)
    isOwn = true
  }

  /// Removes what nobody searches any more.
  func remove() {
    guard isOwn else { return }
    FileNames.remove(vectors.path, faults: nil)
    FileNames.removeTree(index)
  }
}

extension Sweep {
  /// Whether a run by the recipe searches the index of the recipe's vectors, for validation or to be measured.
  public func searchesVectors(of recipe: Recipe) -> Bool {
    recipe.student.passages == nil && (recipe.validation != nil || evaluate.contains { $0.index == nil })
  }

  /// - Throws: `badInput` for an index that a recipe's student cannot search.
  public func check(_ recipe: Recipe) throws(ParlanceError) {
    guard recipe.student.passages != nil, let set = evaluate.first(where: { $0.index != nil }) else { return }
    throw ParlanceError(
      .badInput,
      "`student.passages` makes vectors of its own of the passages, which the index of the set \(set.name) does not have; leave "
        + "`index` out, and each run builds its own", at: .init(file: recipe.vectors))
  }
}
