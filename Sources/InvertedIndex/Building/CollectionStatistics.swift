import Diagnostics
import SparseVectors
import Synchronization
import WorkerThreads

/// What has to be known of all vectors before the first posting is written; also the check that they can be indexed.
struct CollectionStatistics: Sendable {
  /// For each term of the vocabulary.
  private(set) var terms: [TermStatistics]
  private(set) var postings = 0
  /// The most postings of `Self.window` passages that follow one another.
  private(set) var densest = 0

  static let window = 1024

  /// - Parameter memory: how many bytes the statistics of all cores may take; those of one are there whatever it is.
  /// - Throws: `badInput` for a term outside of the vocabulary or a weight that cannot be kept; `interrupted`.
  init(
    of vectors: some PassageVectors, vocabularySize: Int, weights: StoredWeights, memory: Int,
    progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    self.init(vocabularySize: vocabularySize)
    // A part for each core, of whole windows, since each has statistics of its own.
    let windows = (vectors.count + Self.window - 1) / Self.window
    let size = MemoryLayout<TermStatistics>.stride * max(1, vocabularySize)
    let parts = max(1, min(WorkerThreads.availableCores, windows, memory / size))
    let read = ReadPassages()
    let work = try OrderedWork(threads: parts) { part throws(ParlanceError) in
      var own = CollectionStatistics(vocabularySize: vocabularySize)
      for window in windows * part / parts..<windows * (part + 1) / parts {
        let passages = window * Self.window..<min(vectors.count, (window + 1) * Self.window)
        let before = own.postings
        try vectors.forEachVector(in: passages) { vector, index throws(ParlanceError) in
          try own.take(vector, weights: weights, from: vectors, at: index)
        }
        own.densest = max(own.densest, own.postings - before)
        let completed = read.add(passages.count)
        progress?(Progress("reading", completed: completed, total: vectors.count, unit: "passages"))
        try interruption?.check()
      }
      return own
    }
    for part in 0..<parts { try work.add(part) { merge($0) } }
    try work.finish { merge($0) }
  }

  init(terms: [TermStatistics], postings: Int, densest: Int) {
    self.terms = terms
    self.postings = postings
    self.densest = densest
  }

  private init(vocabularySize: Int) {
    terms = Array(repeating: TermStatistics(passages: 0, greatest: 0), count: vocabularySize)
  }

  private final class ReadPassages: Sendable {
    private let count = Atomic(0)
    func add(_ more: Int) -> Int { count.wrappingAdd(more, ordering: .relaxed).newValue }
  }

  private mutating func merge(_ other: CollectionStatistics) {
    for index in terms.indices where other.terms[index].passages > 0 {
      terms[index].passages += other.terms[index].passages
      terms[index].greatest = max(terms[index].greatest, other.terms[index].greatest)
    }
    postings += other.postings
    densest = max(densest, other.densest)
  }

  /// Takes for each term that occurs the greatest weight that `segment` says, where that is greater.
  mutating func raiseGreatest(to segment: SegmentPostings) throws(ParlanceError) {
    let all = try segment.statistics(of: terms.indices.map { TermID(UInt32($0)) })
    for index in terms.indices where terms[index].passages > 0 {
      terms[index].greatest = max(terms[index].greatest, all[index].greatest)
    }
  }

  private mutating func take(
    _ vector: SparseVector, weights: StoredWeights, from vectors: some PassageVectors, at index: Int
  ) throws(ParlanceError) {
    guard (vector.terms.last?.rawValue).map({ Int($0) < terms.count }) ?? true else {
      throw ParlanceError(
        .badInput,
        "expected terms below \(terms.count), the size of the vocabulary, found term "
          + "\(vector.terms[vector.count - 1].rawValue)", at: vectors.location(of: index))
    }
    for (term, weight) in zip(vector.terms, vector.weights) {
      guard weight.isFinite, weight > 0 else {
        throw ParlanceError(
          .badInput, "expected a finite weight above zero, found \(weight)", at: vectors.location(of: index))
      }
      let position = Int(term.rawValue)
      terms[position].passages += 1
      if weight > terms[position].greatest { terms[position].greatest = weight }
      if weights == .f16, weight > HalfWeights.greatest {
        throw ParlanceError(
          .badInput, "expected weights up to \(HalfWeights.greatest), which f16 can hold, found \(weight); keep f32",
          at: vectors.location(of: index))
      }
    }
    postings += vector.count
  }
}
