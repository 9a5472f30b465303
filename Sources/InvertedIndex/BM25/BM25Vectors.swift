import Diagnostics
import Identifiers
import SparseVectors

/// A collection's passages as vectors of BM25 weights, so that the one index serves the classic baseline as well.
struct BM25Vectors: PassageVectors {
  private let words: WordCounts
  private let configuration: BM25Configuration
  private let inverseFrequencies: [Double]
  private let averageLength: Double

  init(_ words: WordCounts, configuration: BM25Configuration) {
    self.words = words
    self.configuration = configuration
    inverseFrequencies = words.passagesWithWord.map {
      BM25Configuration.inverseFrequency(passagesWithWord: Int($0), passages: words.ids.count)
    }
    averageLength = words.lengths.reduce(0) { $0 + Double($1) } / Double(max(1, words.ids.count))
  }

  var count: Int { words.ids.count }
  func location(of index: Int) -> ParlanceError.Location { words.location(of: index) }
  func id(at index: Int) throws(ParlanceError) -> ExternalID { words.ids[index] }

  func vector(at index: Int) throws(ParlanceError) -> SparseVector {
    let (terms, counts) = words.counts(at: index)
    let length = Double(words.lengths[index])
    let weights = zip(terms, counts).map { term, count in
      Float(
        inverseFrequencies[Int(term.rawValue)]
          * configuration.saturation(count: Double(count), length: length, averageLength: averageLength))
    }
    return SparseVector(unchecked: Array(terms), weights)
  }
}
