import CKernels
import Synchronization
public import WorkerThreads

/// The product of hidden states and vocabulary that keeps only what pooling keeps (arXiv 2205.04733, eq. 1 and 2).
///
/// It screens (Documentation/screened-head.md), and stands down when too much survives: then every logit is computed. Which
/// way does not matter to the answer beyond rounding. Any number of calls may run at once, each with its own `HeadWork`.
public final class VocabularyHead: Sendable {
  public let vocabulary, width: Int
  private let weight, bias: FloatBuffer
  private let sums: Bool
  private let kernels: KernelChoice
  private let kept: KeptWeight?
  private let state = Mutex(State())

  /// The weight in small integers; what is made of it for a centre.
  final class Quantised: Sendable {
    let integers: FloatBuffer
    let base: FloatBuffer
    let centre: FloatBuffer?

    init(integers: FloatBuffer, base: FloatBuffer, centre: FloatBuffer?) {
      (self.integers, self.base, self.centre) = (integers, base, centre)
    }
  }

  private struct State {
    var quantised: Quantised?
    var packed: FloatBuffer?
    var tokens = 0
    var computed = 0
    /// What the last call decided.
    var standsDown = false
    /// Whether the weight was finite when it was laid out or quantised.
    var isFinite = true
  }

  /// Tokens from which a centre is worth its price.
  private static let tokensForCentre = 256

  /// - Parameters:
  ///   - weight: V x H, kept and not copied.
  ///   - sums: whether every positive logit counts, not only the greatest of a sequence and column.
  public convenience init(
    weight: FloatBuffer, bias: [Float], width: Int, sums: Bool, kernels: KernelChoice = .standard
  ) {
    self.init(weight: weight, bias: bias, width: width, sums: sums, kernels: kernels, kept: nil)
  }

  /// - Parameter kept: where the quantised weight is taken from and left for the next time.
  package init(
    weight: FloatBuffer, bias: [Float], width: Int, sums: Bool, kernels: KernelChoice, kept: KeptWeight?
  ) {
    precondition(weight.count == bias.count * width && width > 0, "a bias for each row of \(width) numbers")
    vocabulary = bias.count
    self.width = width
    self.weight = weight
    self.bias = FloatBuffer(bias)
    self.sums = sums
    self.kernels = kernels
    self.kept = kept
  }

  /// What screening has done so far.
  public struct Screening: Sendable {
    /// Such as `avx512vnni`; `nil` where every logit is computed.
    public var kernel: String?
    public var tokens, computedLogits: Int
    public var standsDown: Bool
  }

  public var screening: Screening {
    state.withLock {
      Screening(
        kernel: screens ? kernels.screenName : nil, tokens: $0.tokens, computedLogits: $0.computed,
        standsDown: $0.standsDown)
    }
  }

  /// Whether the numbers of the weight are finite, as far as calls have laid them out or quantised them: of a row with others no
  /// logit can be compared, and its column would be left out without a word.
  public var isFinite: Bool { state.withLock { $0.isFinite } }

  private var screens: Bool { unsafe kernels.screen != nil && width <= Int(PARLANCE_SCREEN_WIDEST) }

  private var panels: Int { Int(parlance_screen_panels(Int64(vocabulary))) }

  /// Finds the hits; they are in `work` afterwards.
  ///
  /// - Parameters:
  ///   - hidden: finite numbers, T x H.
  ///   - starts: B + 1 offsets into the T tokens.
  public func callAsFunction(_ hidden: FloatBuffer, starts: [Int32], work: HeadWork, crew: Crew) {
    let tokens = Int(starts.last ?? 0), sequences = starts.count - 1
    for list in work.hits { list.removeAll() }
    guard tokens > 0 else { return }
    // Parts are small enough for the members to finish together.
    let parts = crew.size == 1 ? 1 : min(panels, 8 * crew.size), panels = panels
    if let quantised = quantised(for: hidden, tokens: tokens) {
      work.reserve(bytes: parlance_screen_token_bytes(Int64(tokens), Int64(sequences), Int64(width)))
      crew.forEach(sequences) { sequence, _ in
        self.quantise(hidden, starts, sequence, quantised, work)
      }
      if pays(hidden, starts, quantised, work) {
        crew.forEach(parts) { part, rank in
          self.screen(
            hidden, starts, panels * part / parts..<panels * (part + 1) / parts, quantised, work, rank: rank)
        }
        return count(work, tokens: tokens)
      }
    }
    let packed = packed()
    crew.forEach(parts) { part, rank in
      self.product(hidden, starts, panels * part / parts..<panels * (part + 1) / parts, packed, work, rank: rank)
    }
  }
}

// MARK: - What the leader does

extension VocabularyHead {
  private func packed() -> FloatBuffer {
    state.withLock { state in
      if let packed = state.packed { return packed }
      let packed = FloatBuffer(count: Int(parlance_packed_floats(Int64(vocabulary), Int64(width))))
      unsafe parlance_pack(weight.base, Int64(width), Int64(vocabulary), Int64(width), 0, packed.base)
      state.packed = packed
      state.isFinite = kernels.allFinite(weight, count: weight.count)
      return packed
    }
  }

  /// Quantises the weight at first need, and finds a centre when there are tokens enough.
  func quantised(for hidden: FloatBuffer, tokens: Int) -> Quantised? {
    guard screens, let kernel = unsafe kernels.screen else { return nil }
    return state.withLock { state in
      if let quantised = state.quantised, quantised.centre != nil || tokens < Self.tokensForCentre { return quantised }
      let (vocabulary, width, panels) = (Int64(vocabulary), Int64(width), Int64(panels))
      let integers: FloatBuffer
      if let quantised = state.quantised {
        integers = quantised.integers
      } else {
        integers = unsafe self.integers(kernel, isFinite: &state.isFinite)
      }
      let centre = tokens < Self.tokensForCentre ? nil : mean(hidden, tokens: tokens)
      let base = FloatBuffer(count: self.panels * Int(PARLANCE_SCREEN_COLUMNS))
      unsafe parlance_screen_base(
        kernel, weight.base, bias.base, centre?.base, vocabulary, width, 0, panels, base.base)
      let quantised = Quantised(integers: integers, base: base, centre: centre)
      state.quantised = quantised
      return quantised
    }
  }

  /// - Parameter isFinite: is told of a weight that is quantised; what was kept is of one that is.
  private func integers(_ kernel: OpaquePointer, isFinite: inout Bool) -> FloatBuffer {
    if let known = unsafe kept?.read(kernel, weight: weight, vocabulary: vocabulary, width: width) { return known }
    let (vocabulary, width) = (Int64(vocabulary), Int64(width))
    let integers = FloatBuffer(count: (parlance_screen_weight_bytes(vocabulary, width) + 3) / 4)
    unsafe parlance_screen_weight(kernel, weight.base, vocabulary, width, 0, Int64(panels), integers.base)
    isFinite = kernels.allFinite(weight, count: weight.count)
    if isFinite { unsafe kept?.write(integers, kernel) }
    return integers
  }

  private func mean(_ hidden: FloatBuffer, tokens: Int) -> FloatBuffer {
    let mean = FloatBuffer(count: width)
    let from = unsafe hidden.pointer(0, tokens * width), share = 1 / Float(tokens)
    for token in 0..<tokens {
      for k in 0..<width { unsafe mean.base[k] += share * from[token * width + k] }
    }
    return mean
  }

  /// Whether few logits survive in this call; the answer depends on its numbers alone.
  private func pays(_ hidden: FloatBuffer, _ starts: [Int32], _ quantised: Quantised, _ work: HeadWork) -> Bool {
    let pays = unsafe withTask(hidden, starts, quantised, work) { unsafe parlance_screen_pays($0) != 0 } ?? false
    state.withLock { $0.standsDown = !pays }
    return pays
  }

  private func count(_ work: HeadWork, tokens: Int) {
    let computed = work.hits.reduce(0) { $0 + $1.computedLogits }
    state.withLock { state in
      state.tokens += tokens
      state.computed += computed
    }
  }
}

// MARK: - What the members share

extension VocabularyHead {
  func quantise(
    _ hidden: FloatBuffer, _ starts: [Int32], _ sequence: Int, _ quantised: Quantised, _ work: HeadWork
  ) {
    guard let kernel = unsafe kernels.screen else { return }
    unsafe parlance_screen_tokens(
      kernel, hidden.pointer(0, Int(starts[starts.count - 1]) * width), quantised.centre?.base, Int64(width), starts,
      Int32(starts.count - 1), Int32(sequence), Int32(sequence + 1), work.tokenBlock)
  }

  func withTask<Result>(
    _ hidden: FloatBuffer, _ starts: [Int32], _ quantised: Quantised, _ work: HeadWork,
    _ body: (UnsafePointer<parlance_screen_task>) -> Result
  ) -> Result? {
    guard let kernel = unsafe kernels.screen else { return nil }
    return unsafe starts.withUnsafeBufferPointer { buffer in
      guard let starts = buffer.baseAddress else { return nil }
      var task = unsafe parlance_screen_task(
        kernel: kernel, hidden_TH: hidden.base, weight_VH: weight.base, bias_V: bias.base,
        vocabulary: Int64(vocabulary), width: Int64(width), starts: starts, sequences: Int32(buffer.count - 1),
        sums: sums ? 1 : 0, weight: quantised.integers.base, base: quantised.base.base, tokens: work.tokenBlock,
        emit: HitList.emit)
      return unsafe body(&task)
    }
  }

  private func screen(
    _ hidden: FloatBuffer, _ starts: [Int32], _ panels: Range<Int>, _ quantised: Quantised, _ work: HeadWork, rank: Int
  ) {
    // As many tokens as stay in the cache while the panels stream past.
    let chunks = chunks(of: starts, tokens: max(256, (256 << 10) / width))
    let hits = work.hits[rank]
    _ = unsafe withTask(hidden, starts, quantised, work) { task in
      for chunk in chunks {
        hits.computedLogits += Int(
          unsafe parlance_screen_run(
            task, Int64(panels.lowerBound), Int64(panels.upperBound), Int32(chunk.lowerBound),
            Int32(chunk.upperBound), hits.context))
      }
    }
  }

  private func product(
    _ hidden: FloatBuffer, _ starts: [Int32], _ panels: Range<Int>, _ packed: FloatBuffer, _ work: HeadWork, rank: Int
  ) {
    let chunks = chunks(of: starts, tokens: max(64, (128 << 10) / width))
    unsafe starts.withUnsafeBufferPointer { buffer in
      guard let starts = buffer.baseAddress else { return }
      var task = unsafe parlance_pooled_task(
        layers: kernels.layers, hidden_TH: hidden.base, packed: packed.base, bias_V: bias.base,
        vocabulary: Int64(vocabulary), width: Int64(width), starts: starts, sums: sums ? 1 : 0, emit: HitList.emit)
      for chunk in chunks {
        unsafe parlance_pooled_run(
          &task, Int64(panels.lowerBound), Int64(panels.upperBound), Int32(chunk.lowerBound), Int32(chunk.upperBound),
          work.logits[rank].base, work.hits[rank].context)
      }
    }
  }

  /// Neighbouring sequences of up to `tokens` tokens together, at least one.
  private func chunks(of starts: [Int32], tokens: Int) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var first = 0
    while first < starts.count - 1 {
      var next = first + 1
      while next < starts.count - 1, Int(starts[next + 1] - starts[first]) <= tokens { next += 1 }
      chunks.append(first..<next)
      first = next
    }
    return chunks
  }
}
