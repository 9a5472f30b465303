/// A set of byte strings, each with a number, that finds the longest one at a place in one pass over the bytes.
///
/// A double-array trie (Aoe, 1989) with exclusive-or transitions: the child of a node over byte `b` lies in slot
/// `base ^ b` and carries `b`, so one load both checks the step and gives the next base. No two nodes share a base.
struct ByteTrie: Sendable {
  /// One slot: label + 1 in the top 9 bits (0 is an empty slot), the base of the children in 23, value + 1 in 32.
  struct Node: Sendable, BitwiseCopyable {
    var bits: UInt64 = 0

    @inline(__always) var base: Int { Int(truncatingIfNeeded: bits >> 32 & 0x7F_FFFF) }
    /// 0, or the value + 1.
    @inline(__always) var value: UInt32 { UInt32(truncatingIfNeeded: bits) }
    @inline(__always) func isChild(over byte: UInt8) -> Bool { bits >> 55 == UInt64(byte) + 1 }
  }

  /// Slot 0 is the root.
  let nodes: [Node]

  /// Why there is no trie of some keys.
  enum Fault: Error {
    /// Two keys of the same bytes, by their values.
    case duplicate(first: UInt32, second: UInt32)
    /// More nodes than a base can number.
    case tooLarge
  }

  /// As many as 23 bits can number.
  static let mostSlots = 1 << 23

  private init(_ nodes: [Node]) { self.nodes = nodes }

  /// Nodes that were kept.
  ///
  /// - Returns: `nil` where a child of theirs could lie outside.
  static func checked(_ kept: Span<Node>) -> ByteTrie? {
    guard kept.count > 0, kept.count % 256 == 0 else { return nil }
    var greatest = 0
    var nodes: [Node] = []
    nodes.reserveCapacity(kept.count)
    for index in kept.indices {
      greatest = max(greatest, kept[index].base)
      nodes.append(kept[index])
    }
    return greatest | 0xFF < kept.count ? ByteTrie(nodes) : nil
  }

  /// Whether every value is below `limit`.
  func values(areBelow limit: UInt32) -> Bool { nodes.reduce(0) { max($0, $1.value) } <= limit }

  /// - Parameters:
  ///   - keys: non-empty, each with a value below 2^31.
  ///   - limit: the most slots, at most ``mostSlots``.
  /// - Returns: what is wrong with the keys, if something is.
  /// - Complexity: O(n log n) in the total length of the keys.
  static func make(
    _ keys: [(bytes: [UInt8], value: UInt32)], limit: Int = mostSlots
  ) -> Result<ByteTrie, Fault> {
    let sorted = keys.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    for (left, right) in zip(sorted, sorted.dropFirst()) where left.bytes == right.bytes {
      return .failure(.duplicate(first: min(left.value, right.value), second: max(left.value, right.value)))
    }
    var builder = Builder()
    guard builder.build(sorted, limit: limit) else { return .failure(.tooLarge) }
    return .success(ByteTrie(builder.nodes))
  }

  /// The node that the bytes lead to from `start`, whether a key ends there or not.
  func node(after bytes: some Sequence<UInt8>, from start: Node) -> Node? {
    var node = start
    for byte in bytes {
      let next = nodes[node.base ^ Int(byte)]
      guard next.isChild(over: byte) else { return nil }
      node = next
    }
    return node
  }

  /// The value of a key.
  func value(of bytes: some Sequence<UInt8>) -> UInt32? {
    guard let node = node(after: bytes, from: nodes[0]), node.value != 0 else { return nil }
    return node.value - 1
  }

  /// The longest key that the text has at `position`, its end and its value.
  func longestMatch(in text: Span<UInt8>, at position: Int) -> (end: Int, value: UInt32)? {
    var node = nodes[0]
    var found: (end: Int, value: UInt32)?
    var index = position
    while index < text.count {
      let byte = text[index]
      node = nodes[node.base ^ Int(byte)]
      guard node.isChild(over: byte) else { break }
      index += 1
      if node.value != 0 { found = (index, node.value - 1) }
    }
    return found
  }
}

/// Places the nodes, children of one node at a time, in the last few blocks of 256 slots that still have room.
private struct Builder {
  var nodes: [ByteTrie.Node] = []
  private var isBaseTaken: [Bool] = []
  /// Empty slots of each block, a bit each.
  private var free: [SIMD4<UInt64>] = []
  private static let openBlocks = 8

  /// - Returns: whether the keys fit into `limit` slots.
  mutating func build(_ keys: [(bytes: [UInt8], value: UInt32)], limit: Int) -> Bool {
    addBlock()
    // Slot 0 belongs to the root, base 0 would make a child over byte 0 land on it.
    free[0][0] &= ~1
    isBaseTaken[0] = true
    var work: [(node: Int, keys: Range<Int>, depth: Int)] = [(0, keys.indices, 0)]
    while let (node, range, depth) = work.popLast() {
      var children: [(label: UInt8, keys: Range<Int>)] = []
      var index = range.lowerBound
      if index < range.upperBound, keys[index].bytes.count == depth {
        nodes[node].bits |= UInt64(keys[index].value + 1)
        index += 1
      }
      while index < range.upperBound {
        let label = keys[index].bytes[depth]
        let first = index
        while index < range.upperBound, keys[index].bytes[depth] == label { index += 1 }
        children.append((label, first..<index))
      }
      if children.isEmpty { continue }
      let base = place(children.map(\.label))
      guard nodes.count <= limit else { return false }
      nodes[node].bits |= UInt64(base) << 32
      for child in children {
        let slot = base ^ Int(child.label)
        nodes[slot].bits = (UInt64(child.label) + 1) << 55
        work.append((slot, child.keys, depth + 1))
      }
    }
    return true
  }

  /// A base that no other node has and whose slots for `labels` are empty; takes them.
  private mutating func place(_ labels: [UInt8]) -> Int {
    for block in max(0, free.count - Self.openBlocks)..<free.count {
      for word in 0..<4 {
        var candidates = free[block][word]
        while candidates != 0 {
          let slot = word * 64 + candidates.trailingZeroBitCount
          candidates &= candidates - 1
          let base = slot ^ Int(labels[0])
          if !isBaseTaken[block * 256 + base], labels.allSatisfy({ isFree(base ^ Int($0), in: block) }) {
            return take(base, labels, in: block)
          }
        }
      }
    }
    addBlock()
    return take(0, labels, in: free.count - 1)
  }

  private func isFree(_ slot: Int, in block: Int) -> Bool {
    free[block][slot >> 6] >> UInt64(slot & 63) & 1 == 1
  }

  private mutating func take(_ base: Int, _ labels: [UInt8], in block: Int) -> Int {
    for label in labels {
      let slot = base ^ Int(label)
      free[block][slot >> 6] &= ~(1 << UInt64(slot & 63))
    }
    isBaseTaken[block * 256 + base] = true
    return block * 256 + base
  }

  private mutating func addBlock() {
    nodes.append(contentsOf: repeatElement(ByteTrie.Node(), count: 256))
    isBaseTaken.append(contentsOf: repeatElement(false, count: 256))
    free.append(SIMD4(repeating: .max))
  }
}
