import CKernels

/// What one call of a `VocabularyHead` needs, kept for the next: its quantised tokens and its hits. The members of a team
/// share it; other calls have another one.
@safe public final class HeadWork: @unchecked Sendable {
  let hits: [HitList]
  /// For each member: logits of a tile, where all are computed.
  let logits: [FloatBuffer]
  private var tokens: UnsafeMutableRawPointer
  private var capacity = 0

  public init(members: Int) {
    hits = (0..<members).map { _ in HitList() }
    logits = (0..<members).map { _ in FloatBuffer(count: Int(parlance_pooled_floats())) }
    unsafe tokens = .allocate(byteCount: 64, alignment: 64)
  }

  deinit {
    unsafe tokens.deallocate()
  }

  /// Makes room for quantised tokens.
  func reserve(bytes: Int) {
    if bytes > capacity {
      unsafe tokens.deallocate()
      capacity = bytes + bytes / 4
      unsafe tokens = .allocate(byteCount: capacity, alignment: 64)
    }
  }

  var tokenBlock: UnsafeMutableRawPointer { unsafe tokens }

  /// One logit that was kept.
  public struct Hit: Sendable {
    public var sequence, column, token: Int32
    public var logit: Float
  }

  /// The hits of all members, in no order that means anything.
  public func forEachHit(_ body: (Hit) -> Void) {
    for list in hits {
      for place in 0..<list.count {
        let hit = list[place]
        body(Hit(sequence: hit.sequence, column: hit.column, token: hit.token, logit: hit.logit))
      }
    }
  }
}
