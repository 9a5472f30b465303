public import Diagnostics
public import SparseVectors

/// From token ids to sparse rows: the one seam between a model and the pipeline around it.
///
/// `NativeForwardPass` computes on the processor by kernels of the package; `EngineForwardPass` by libtorch, on GPUs too.
/// Both `encode` calls may be made from any number of threads or tasks at once: the work itself runs on the pass's own
/// threads, never on the caller's and never on the cooperative pool.
public protocol ForwardPass: Sendable {
  /// V, the number of vocabulary columns of a row.
  var vocabularySize: Int { get }

  /// The most tokens one sequence may have, `[CLS]` and `[SEP]` included (the model's position embeddings).
  var longestSequence: Int { get }

  /// The tokens of a batch that the pass is fastest with.
  var batchTokens: Int { get }

  /// What screening has saved so far; `nil` where the pass cannot screen.
  var screening: ScreeningReport? { get }

  /// Encodes a batch; the task is suspended meanwhile.
  ///
  /// - Throws: `ParlanceError` with code `badInput` for a token id outside the vocabulary or a sequence that is empty or
  ///   too long, `internalFault` when the engine fails, `unavailable` when its memory is short.
  func encode(_ batch: PackedBatch, for goal: EncodingGoal) async throws(ParlanceError) -> SparseRows

  /// Encodes a batch; the calling thread waits meanwhile.
  func encode(_ batch: PackedBatch, for goal: EncodingGoal) throws(ParlanceError) -> SparseRows
}

extension ForwardPass {
  public var batchTokens: Int { 4096 }

  public var screening: ScreeningReport? { nil }

  /// - Throws: `badInput` for what the model cannot take.
  func check(_ batch: PackedBatch) throws(ParlanceError) {
    for index in 0..<batch.count {
      let length = batch.length(of: index)
      guard (1...longestSequence).contains(length) else {
        throw ParlanceError(
          .badInput, "sequence \(index) of the batch has \(length) tokens; the model takes 1 to \(longestSequence)")
      }
    }
    if let token = batch.tokens.first(where: { $0 < 0 || $0 >= vocabularySize }) {
      throw ParlanceError(
        .badInput, "token id \(token) is not in the model's vocabulary of \(vocabularySize) pieces")
    }
  }
}

/// How many of a model's vocabulary logits were computed (Documentation/screened-head.md).
public struct ScreeningReport: Sendable, Hashable {
  /// The instructions that screen, such as `avx512vnni`; `nil` where every logit is computed.
  public var kernel: String?
  /// How many tokens were screened.
  public var tokens: Int
  /// How many of their logits were computed.
  public var computedLogits: Int
  /// Whether so many survived that computing every logit is faster, which is then done.
  public var standsDown: Bool

  public init(kernel: String? = nil, tokens: Int = 0, computedLogits: Int = 0, standsDown: Bool = false) {
    self.kernel = kernel
    self.tokens = tokens
    self.computedLogits = computedLogits
    self.standsDown = standsDown
  }

  /// How many logits were computed for a token; `nil` when none was screened.
  public var survivorsPerToken: Double? {
    tokens == 0 ? nil : Double(computedLogits) / Double(tokens)
  }
}

/// What the caller of a forward pass is short of.
public enum EncodingGoal: Sendable {
  /// Many batches: each runs on one core, as many at once as there are cores.
  case throughput
  /// One query that somebody waits for: it gets all cores.
  case latency
}

/// Token sequences laid end to end without padding.
public struct PackedBatch: Sendable {
  /// The T token ids of all sequences, `[CLS]` and `[SEP]` included.
  public private(set) var tokens: [Int32]
  /// B + 1 offsets into `tokens`: sequence `i` is `tokens[starts[i] ..< starts[i + 1]]`.
  public private(set) var starts: [Int32]

  /// A batch without sequences.
  public init() {
    tokens = []
    starts = [0]
  }

  public init(_ sequences: [[Int32]]) {
    self.init()
    for sequence in sequences { append(sequence) }
  }

  public mutating func append(_ sequence: some Sequence<Int32>) {
    tokens.append(contentsOf: sequence)
    starts.append(Int32(tokens.count))
  }

  /// B, the number of sequences.
  public var count: Int { starts.count - 1 }

  /// The number of tokens of sequence `index`.
  public func length(of index: Int) -> Int { Int(starts[index + 1] - starts[index]) }
}

/// What a forward pass yields: for each sequence of the batch its active terms, ascending.
public struct SparseRows: Sendable, Equatable {
  /// B + 1 offsets into the three arrays below.
  public var starts: [Int]
  /// Vocabulary columns with a weight above zero, ascending within a row.
  public var terms: [TermID]
  /// Their weights after pooling and activation.
  public var weights: [Float]
  /// The token, counted from the start of its sequence, that gave the term its maximum (max pooling) or the largest share
  /// (sum pooling). The first one on ties.
  public var positions: [Int32]

  public init(starts: [Int], terms: [TermID], weights: [Float], positions: [Int32]) {
    self.starts = starts
    self.terms = terms
    self.weights = weights
    self.positions = positions
  }

  /// B, the number of rows.
  public var count: Int { starts.count - 1 }

  /// The range of row `index` in `terms`, `weights` and `positions`.
  public func range(of index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

  /// Row `index` as a sparse vector.
  public func vector(at index: Int) -> SparseVector {
    let range = range(of: index)
    return SparseVector(unchecked: Array(terms[range]), Array(weights[range]))
  }
}
