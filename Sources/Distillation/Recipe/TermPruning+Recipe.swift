import Diagnostics
import Evaluation
import SparseVectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension TermPruning {
  /// What the recipe has queries drop: terms whose weight times `ln((N + 1) / (df + 1))` is under
  /// `student.least_importance`, since a term that most of the N passages have costs most and tells least.
  init(
    _ recipe: Recipe, vectors: VectorsFile, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    self.init(keptTerms: recipe.student.keptTerms)
    // At 0 nothing weighs too little, also a term that every passage has, whose logarithm is 0.
    guard let least = recipe.student.leastImportance, least > 0 else { return }
    let passages = try ActivationFrequencies(vectors, progress: progress, interruption: interruption)
    leastWeights = vectors.description.vocabulary.pieces.indices.map { term in
      let df = term < passages.counts.count ? passages.counts[term] : 0
      return Float(least / log(Double(vectors.count + 1) / Double(df + 1)))
    }
  }
}
