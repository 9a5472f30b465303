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
      BM25Configuration.inverseFrequency(passagesWithWord: Int($0), passages: words.count)
    }
    averageLength = Double(words.totalLength) / Double(max(1, words.count))
  }

  var count: Int { words.count }
  func location(of index: Int) -> ParlanceError.Location { words.location(of: index) }
  func id(at index: Int) throws(ParlanceError) -> ExternalID { try words.id(at: index) }

  func vector(at index: Int) throws(ParlanceError) -> SparseVector {
    var found = SparseVector.empty
    try forEachVector(in: index..<index + 1) { vector, _ in found = vector }
    return found
  }

  func forEachVector(
    in passages: Range<Int>, _ body: (SparseVector, Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    try words.forEach(in: passages) { words, index throws(ParlanceError) in
      let length = Double(words.reduce(0) { $0 + Int($1.count) })
      let weights = words.map { word in
        Float(
          inverseFrequencies[Int(word.term.rawValue)]
            * configuration.saturation(count: Double(word.count), length: length, averageLength: averageLength))
      }
      try body(SparseVector(unchecked: words.map(\.term), weights), index)
    }
  }
}
