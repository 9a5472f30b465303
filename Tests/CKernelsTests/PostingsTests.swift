import CKernels
import TestSupport
import Testing

/// Rows of postings in memory of their own, with nothing behind them but what a kernel may read.
final class PostingsRows {
  let words: Int
  private(set) var rows: [parlance_postings_row] = []
  private var owned: [UnsafeMutableRawPointer] = []

  init(words: Int) { self.words = words }

  deinit { for memory in owned { memory.deallocate() } }

  /// - Parameter weights: one for each passage.
  func add<Weight: BitwiseCopyable>(passages: [Int], weights: [Weight], factor: Int32, asBits: Bool) {
    var bits: UnsafePointer<UInt64>?
    var numbers: UnsafePointer<UInt16>?
    if asBits {
      var mask = [UInt64](repeating: 0, count: words)
      for passage in passages { mask[passage / 64] |= 1 << UInt64(passage % 64) }
      bits = copy(of: mask, margin: 0)
    } else {
      numbers = copy(of: passages.map(UInt16.init), margin: 0)
    }
    let margin = asBits ? Int(PARLANCE_POSTINGS_MARGIN) : 0
    rows.append(
      parlance_postings_row(
        bits: bits, numbers: numbers, weights: UnsafeRawPointer(copy(of: weights, margin: margin)),
        count: Int32(passages.count), factor: factor))
  }

  private func copy<Value: BitwiseCopyable>(of values: [Value], margin: Int) -> UnsafePointer<Value> {
    let bytes = values.count * MemoryLayout<Value>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes + margin), alignment: 64)
    memory.initializeMemory(as: UInt8.self, repeating: 0xAA, count: max(1, bytes + margin))
    values.withUnsafeBytes { memory.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(memory), byteCount: bytes) }
    owned.append(memory)
    return UnsafePointer(memory.assumingMemoryBound(to: Value.self))
  }
}

@Suite("adding up postings")
struct PostingsTests {
  static let kernels = ["scalar", "avx2", "avx512"].filter { (name: String) in parlance_postings_named(name) != nil }

  private func kernel(_ name: String) throws -> OpaquePointer { try #require(parlance_postings_named(name)) }

  private func passages(_ count: Int, share: Double, using random: inout SeededGenerator) -> [Int] {
    (0..<count).filter { _ in Double.random(in: 0..<1, using: &random) < share }
  }

  @Test("all kernels add bytes like a plain loop, and the fastest is among them", arguments: 0..<12 as Range<UInt64>)
  func bytes(seed: UInt64) throws {
    #expect(Self.kernels.contains(String(cString: parlance_postings_name(parlance_postings_best()))))
    for name in Self.kernels {
      var random = SeededGenerator(seed: seed)
      let words = 2 * Int.random(in: 1...9, using: &random)
      let count = 64 * words - Int.random(in: 0..<128, using: &random)
      let (bitmaps, lists) = (PostingsRows(words: words), PostingsRows(words: words))
      var expected = [Int32](repeating: 0, count: 64 * words)
      for _ in 0..<Int.random(in: 0...20, using: &random) {
        let share = [0, 0.01, 0.1, 0.5, 1].randomElement(using: &random)!
        let passages = passages(count, share: share, using: &random)
        let weights = passages.map { _ in
          [1, 255, UInt8.random(in: 1...255, using: &random)].randomElement(using: &random)!
        }
        let factor = [1, 32_767, Int32.random(in: 1...32_767, using: &random)].randomElement(using: &random)!
        for (passage, weight) in zip(passages, weights) { expected[passage] += Int32(weight) * factor }
        let asBits = Bool.random(using: &random)
        (asBits ? bitmaps : lists).add(passages: passages, weights: weights, factor: factor, asBits: asBits)
      }
      var (own, others) = (bitmaps.rows, lists.rows)
      var sums = [Int32](repeating: -7, count: 64 * words)
      parlance_postings_add_bytes(
        try kernel(name), &own, Int64(own.count), &others, Int64(others.count), Int64(words), &sums)
      #expect(sums == expected, "\(name), seed \(seed)")
    }
  }

  @Test("all kernels round floats alike, product and sum each", arguments: 0..<12 as Range<UInt64>)
  func floats(seed: UInt64) throws {
    for name in Self.kernels {
      var random = SeededGenerator(seed: seed)
      let words = 2 * Int.random(in: 1...5, using: &random)
      let (halves, singles) = (PostingsRows(words: words), PostingsRows(words: words))
      var expectedOfHalves = [Float](repeating: 0, count: 64 * words)
      var expected = expectedOfHalves
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let share = [0, 0.01, 0.1, 0.5, 1].randomElement(using: &random)!
        let passages = passages(64 * words, share: share, using: &random)
        // Halves of every size, subnormal ones as well.
        let bits = passages.map { _ in UInt16.random(in: 1...0x7BFF, using: &random) }
        let weights = passages.map { _ in Float.random(in: 0...3, using: &random) }
        let factor = Float.random(in: 0.001...3, using: &random)
        for (index, passage) in passages.enumerated() {
          let half = Float(bitPattern: UInt32(bits[index]) << 13) * 0x1p112
          expectedOfHalves[passage] = expectedOfHalves[passage] + half * factor
          expected[passage] = expected[passage] + weights[index] * factor
        }
        let asBits = Bool.random(using: &random)
        let factorBits = Int32(bitPattern: factor.bitPattern)
        halves.add(passages: passages, weights: bits, factor: factorBits, asBits: asBits)
        singles.add(passages: passages, weights: weights, factor: factorBits, asBits: asBits)
      }
      var sums = [Float](repeating: -7, count: 64 * words)
      parlance_postings_add_halves(
        try kernel(name), halves.rows, Int64(halves.rows.count), Int64(words), &sums)
      #expect(sums == expectedOfHalves, "\(name), seed \(seed)")
      parlance_postings_add_floats(
        try kernel(name), singles.rows, Int64(singles.rows.count), Int64(words), &sums)
      #expect(sums == expected, "\(name), seed \(seed)")
    }
  }

  @Test("all kernels look postings up as they add them", arguments: 0..<8 as Range<UInt64>)
  func lookUp(seed: UInt64) throws {
    for name in Self.kernels {
      var random = SeededGenerator(seed: seed)
      let words = 2 * Int.random(in: 1...9, using: &random)
      let asked = passages(64 * words, share: [0, 0.02, 0.5, 1][Int(seed % 4)], using: &random)
      for share in [0, 0.01, 0.1, 0.5, 1] {
        for asBits in [false, true] {
          let passages = passages(64 * words, share: share, using: &random)
          let bytes = passages.map { _ in UInt8.random(in: 1...255, using: &random) }
          let halves = passages.map { _ in UInt16.random(in: 1...0x7BFF, using: &random) }
          let singles = passages.map { _ in Float.random(in: 0...3, using: &random) }
          let factor = Float(1.7)
          let rows = PostingsRows(words: words)
          rows.add(passages: passages, weights: bytes, factor: 300, asBits: asBits)
          let factorBits = Int32(bitPattern: factor.bitPattern)
          rows.add(passages: passages, weights: halves, factor: factorBits, asBits: asBits)
          rows.add(passages: passages, weights: singles, factor: factorBits, asBits: asBits)
          var expected = [Int32](repeating: 5, count: 64 * words)
          var ofHalves = [Float](repeating: 0.1, count: 64 * words)
          var ofSingles = ofHalves
          var (sums, floats, others) = (expected, ofHalves, ofSingles)
          for (index, passage) in passages.enumerated() where asked.contains(passage) {
            expected[passage] += 300 * Int32(bytes[index])
            let half = Float(bitPattern: UInt32(halves[index]) << 13) * 0x1p112
            ofHalves[passage] = ofHalves[passage] + half * factor
            ofSingles[passage] = ofSingles[passage] + singles[index] * factor
          }
          let places = asked.map(UInt16.init)
          let kernel = try kernel(name)
          var (own, room, count) = (rows.rows, sums, Int64(places.count))
          let found = [
            parlance_postings_look_up_bytes(kernel, &own[0], places, count, &room, &sums),
            parlance_postings_look_up_halves(kernel, &own[1], places, count, &room, &floats),
            parlance_postings_look_up_floats(kernel, &own[2], places, count, &room, &others),
          ]
          count = Int64(Set(passages).intersection(asked).count)
          #expect(found == [count, count, count], "\(name), seed \(seed), \(share)")
          #expect(sums == expected && floats == ofHalves && others == ofSingles, "\(name), seed \(seed), \(share)")
        }
      }
    }
  }

  @Test("all kernels find the same places above a limit", arguments: [1, 63, 64, 65, 700])
  func above(count: Int) throws {
    for name in Self.kernels {
      var random = SeededGenerator(seed: UInt64(count))
      let sums = (0..<count).map { _ in Int32.random(in: 0...50, using: &random) }
      for limit in [0, 20, 49, 50, Int32.max] as [Int32] {
        var places = [UInt16](repeating: 0, count: count)
        let found = parlance_postings_above(try kernel(name), sums, Int64(count), limit, &places)
        #expect(places.prefix(Int(found)).map(Int.init) == sums.indices.filter { sums[$0] > limit }, "\(name)")
      }
    }
  }

  @Test("all kernels keep the sums of the same passages", arguments: 0..<4 as Range<UInt64>)
  func keep(seed: UInt64) throws {
    for name in Self.kernels {
      var random = SeededGenerator(seed: seed)
      let words = Int.random(in: 1...9, using: &random)
      let bits = (0..<words).map { _ in
        [0, .max, random.next(), random.next() & random.next() & random.next()].randomElement(using: &random)!
      }
      let sums = (0..<64 * words).map { _ in Int32.random(in: 0 ... .max, using: &random) }
      var kept = sums
      parlance_postings_keep(try kernel(name), bits, Int64(words), &kept)
      for place in sums.indices {
        let isKept = bits[place / 64] >> UInt64(place % 64) & 1 == 1
        #expect(kept[place] == (isKept ? sums[place] : 0), "\(name), seed \(seed), place \(place)")
      }
    }
  }

  @Test("sums below zero, as a forged file may have them, are below every bound")
  func negativeSums() throws {
    for name in Self.kernels {
      var sums = [Int32](repeating: .min, count: 200)
      for place in stride(from: 0, to: 200, by: 50) { sums[place] = Int32(place) + 9 }
      var scratch = [Int32](repeating: 0, count: sums.count)
      for k in [1, 4, 5, 200] {
        let bound = parlance_postings_bound(try kernel(name), sums, 200, Int64(k), &scratch)
        #expect(bound == 0 || sums.count { $0 > bound } >= k, "\(name), k \(k)")
      }
    }
  }

  @Test("at least k sums are above the bound for k, and few more")
  func bound() throws {
    for name in Self.kernels {
      var random = SeededGenerator(seed: 5)
      for (count, greatest) in [(1, 9), (100, 3), (1000, Int32.max), (20_000, 1_000_000), (20_000, 5)] as [(Int, Int32)]
      {
        let sums = (0..<count).map { _ in
          Int32.random(in: 0..<4, using: &random) == 0 ? 0 : Int32.random(in: 0...greatest, using: &random)
        }
        for k in [1, 2, 10, 500, 1000, 20_000, 30_000] {
          var scratch = [Int32](repeating: 0, count: count)
          let bound = parlance_postings_bound(try kernel(name), sums, Int64(count), Int64(k), &scratch)
          let above = sums.count { $0 > bound }
          #expect(bound >= 0 && (bound == 0 || above >= k), "\(name), \(count), k \(k)")
          if count == 20_000, greatest > 5, k <= 1000 { #expect(above < 2 * k + 60, "\(name), \(above), k \(k)") }
        }
      }
    }
  }
}
