import Synchronization

/// The sessions of clients that began with a handshake over HTTP. All that is remembered of one is what the handshake settled on.
final class ContextSessions: Sendable {
  private struct Session {
    var version: ProtocolVersion
    var lastUse: ContinuousClock.Instant
  }

  private let sessions = Mutex<[String: Session]>([:])
  private let capacity: Int
  /// A session that nobody used for so long is forgotten; its client is told, and begins anew.
  private let lifetime: Duration

  init(capacity: Int = 10_000, lifetime: Duration = .seconds(3600)) {
    self.capacity = capacity
    self.lifetime = lifetime
  }

  /// - Returns: the new session's id, which nobody can guess.
  func begin(_ version: ProtocolVersion, now: ContinuousClock.Instant = .now) -> String {
    var random = SystemRandomNumberGenerator()
    let id = (0..<2).map { _ in
      let digits = String(UInt128.random(in: .min ... .max, using: &random), radix: 16)
      return String(repeating: "0", count: 32 - digits.count) + digits
    }.joined()
    sessions.withLock { sessions in
      if sessions.count >= capacity {
        sessions = sessions.filter { now - $0.value.lastUse < lifetime }
        if sessions.count >= capacity, let oldest = sessions.min(by: { $0.value.lastUse < $1.value.lastUse }) {
          sessions[oldest.key] = nil
        }
      }
      sessions[id] = Session(version: version, lastUse: now)
    }
    return id
  }

  /// What the session settled on; `nil` when there is none with this id, any more or ever.
  func version(of id: String, now: ContinuousClock.Instant = .now) -> ProtocolVersion? {
    sessions.withLock { sessions in
      guard let session = sessions[id], now - session.lastUse < lifetime else {
        sessions[id] = nil
        return nil
      }
      sessions[id]?.lastUse = now
      return session.version
    }
  }

  /// - Returns: whether there was one.
  func end(_ id: String) -> Bool {
    sessions.withLock { $0.removeValue(forKey: id) != nil }
  }
}
