import CKernels

/// A screened product over generated numbers, beside what computing every logit gives.
final class ScreenedProduct {
  struct Hit: Equatable, Hashable {
    var sequence: Int32
    var column: Int32
    var token: Int32
    var logit: UInt32

    init(_ hit: parlance_screen_hit) {
      (sequence, column, token, logit) = (hit.sequence, hit.column, hit.token, hit.logit.bitPattern)
    }
  }

  /// The kernels that this machine runs.
  static let kernels = ["avx512vnni", "avxvnni", "avx2", "neon", "scalar"].filter { (name: String) in
    parlance_screen_named(name) != nil
  }

  let width, vocabulary: Int
  let starts: [Int32]
  private let kernel: OpaquePointer
  private let hidden, weight, bias, base: UnsafeMutablePointer<Float>
  private let packedStarts: UnsafeMutablePointer<Int32>
  private let weightBlock, tokenBlock: UnsafeMutableRawPointer

  var sequences: Int { starts.count - 1 }

  init(
    _ kernel: String, hidden: [Float], weight: [Float], bias: [Float], centre: [Float]? = nil, width: Int,
    lengths: [Int]
  ) {
    guard let kernel = parlance_screen_named(kernel) else { preconditionFailure("no kernel \(kernel)") }
    self.kernel = kernel
    self.width = width
    vocabulary = bias.count
    starts = lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + Int32($1)) }
    self.hidden = Self.copied(hidden)
    self.weight = Self.copied(weight)
    self.bias = Self.copied(bias)
    packedStarts = Self.copied(starts)
    let (vocabulary, width, panels) = (Int64(bias.count), Int64(width), parlance_screen_panels(Int64(bias.count)))
    let (tokens, sequences) = (Int64(starts[starts.count - 1]), Int32(lengths.count))
    base = Self.copied([Float](repeating: .nan, count: Int(panels) * Int(PARLANCE_SCREEN_COLUMNS)))
    weightBlock = .allocate(byteCount: parlance_screen_weight_bytes(vocabulary, width), alignment: 64)
    tokenBlock = .allocate(byteCount: parlance_screen_token_bytes(tokens, Int64(sequences), width), alignment: 64)
    // In two parts, as threads share the work.
    for part in [0..<panels / 2, panels / 2..<panels] {
      parlance_screen_weight(kernel, weight, vocabulary, width, part.lowerBound, part.upperBound, weightBlock)
      parlance_screen_base(
        kernel, weight, bias, centre, vocabulary, width, part.lowerBound, part.upperBound, base)
    }
    for part in [0..<sequences / 2, sequences / 2..<sequences] {
      parlance_screen_tokens(
        kernel, hidden, centre, width, starts, sequences, part.lowerBound, part.upperBound, tokenBlock)
    }
  }

  private static func copied<Number>(_ numbers: [Number]) -> UnsafeMutablePointer<Number> {
    let copy = UnsafeMutablePointer<Number>.allocate(capacity: max(1, numbers.count))
    copy.initialize(from: numbers, count: numbers.count)
    return copy
  }

  deinit {
    for floats in [hidden, weight, bias, base] { floats.deallocate() }
    for block in [weightBlock, tokenBlock] { block.deallocate() }
    packedStarts.deallocate()
  }

  private func withTask<Result>(sums: Bool, _ body: (UnsafePointer<parlance_screen_task>) -> Result) -> Result {
    var task = parlance_screen_task(
      kernel: kernel, hidden_TH: hidden, weight_VH: weight, bias_V: bias, vocabulary: Int64(vocabulary),
      width: Int64(width), starts: packedStarts, sequences: Int32(sequences), sums: sums ? 1 : 0, weight: weightBlock,
      base: base, tokens: tokenBlock,
      emit: { context, hit in
        guard let context else { return }
        Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().hits.append(Hit(hit))
      })
    return body(&task)
  }

  private final class Collector {
    var hits: [Hit] = []
  }

  /// What screening finds, and how many logits it computed.
  func screened(sums: Bool) -> (hits: [Hit], computed: Int) {
    let collector = Collector()
    let computed = withTask(sums: sums) { task in
      parlance_screen_run(
        task, 0, parlance_screen_panels(Int64(vocabulary)), 0, Int32(sequences),
        Unmanaged.passUnretained(collector).toOpaque())
    }
    return (collector.hits, Int(computed))
  }

  /// Whether each panel of the quantised weight is found to be the weight's, and no longer when one of its bytes changes.
  func recognises(damageAt place: Int) -> (before: [Bool], after: [Bool]) {
    let panels = parlance_screen_panels(Int64(vocabulary)),
      bytes = parlance_screen_weight_bytes(Int64(vocabulary), Int64(width))
    let room = UnsafeMutableRawPointer.allocate(
      byteCount: parlance_screen_weight_bytes(1, Int64(width)), alignment: 64)
    defer { room.deallocate() }
    func all() -> [Bool] {
      (0..<panels).map {
        parlance_screen_holds(kernel, weight, Int64(vocabulary), Int64(width), $0, weightBlock, room) != 0
      }
    }
    let before = all()
    let block = weightBlock.assumingMemoryBound(to: UInt8.self)
    block[place % bytes] ^= 1
    defer { block[place % bytes] ^= 1 }
    return (before, all())
  }

  func logit(token: Int, column: Int) -> Float {
    parlance_screen_logit(
      kernel, hidden + token * width, weight + column * width, bias[column], Int64(width))
  }

  /// The bounds of all logits, the tokens of a sequence counted from its start.
  func forEachBound(_ body: (_ sequence: Int, _ token: Int, _ column: Int, _ bound: Float) -> Void) {
    withTask(sums: false) { task in
      for sequence in 0..<sequences {
        for token in 0..<Int(starts[sequence + 1] - starts[sequence]) {
          for column in 0..<vocabulary {
            body(
              sequence, token, column,
              parlance_screen_bound(task, Int32(sequence), Int32(token), Int32(column)))
          }
        }
      }
    }
  }

  /// Every logit computed, in the order in which screening emits.
  func exhaustive(sums: Bool) -> [Hit] {
    var hits: [Hit] = []
    for column in 0..<vocabulary {
      for sequence in 0..<sequences {
        var best = parlance_screen_hit(sequence: Int32(sequence), column: Int32(column), token: -1, logit: 0)
        for token in starts[sequence]..<starts[sequence + 1] {
          let logit = logit(token: Int(token), column: column)
          guard logit > (sums ? 0 : best.logit) else { continue }
          best.token = token - starts[sequence]
          best.logit = logit
          if sums { hits.append(Hit(best)) }
        }
        if !sums, best.token >= 0 { hits.append(Hit(best)) }
      }
    }
    return hits
  }
}
