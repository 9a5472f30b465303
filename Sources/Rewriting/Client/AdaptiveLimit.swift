import Synchronization

/// How many questions may be under way: one more after each round without trouble, half as many after an answer that says it
/// is too much, as TCP does. It holds for questions that are asked again as well.
///
/// An endpoint that names a time (`Retry-After`) is left alone by all until then.
final class AdaptiveLimit: Sendable {
  private struct State {
    var limit: Double
    var sent = 0
    var answered = 0
    var quietUntil: ContinuousClock.Instant?
    /// Since when the limit stands: answers to questions from before say nothing about it.
    var halved: ContinuousClock.Instant?
  }

  let most: Int
  private let state: Mutex<State>

  init(most: Int) {
    self.most = max(1, most)
    state = Mutex(State(limit: Double(min(4, max(1, most)))))
  }

  var current: Int { state.withLock { Int($0.limit) } }

  /// Takes a place among those that are under way, where there is one.
  func enter() -> Bool {
    state.withLock { state in
      guard state.sent < Int(state.limit) else { return false }
      state.sent += 1
      return true
    }
  }

  func leave() { state.withLock { $0.sent -= 1 } }

  func succeeded() {
    state.withLock { state in
      state.limit = min(Double(most), state.limit + 1 / state.limit)
      state.answered += 1
    }
  }

  /// Whether any question was answered.
  var hasAnswered: Bool { state.withLock { $0.answered > 0 } }

  /// - Parameter asked: when the question was sent that was too much.
  func overloaded(asked: ContinuousClock.Instant, now: ContinuousClock.Instant) {
    state.withLock { state in
      if let halved = state.halved, asked < halved { return }
      state.limit = max(1, state.limit / 2)
      state.halved = now
    }
  }

  func stayQuiet(until instant: ContinuousClock.Instant) {
    state.withLock { $0.quietUntil = max($0.quietUntil ?? instant, instant) }
  }

  func quietTime(from now: ContinuousClock.Instant) -> Duration? {
    state.withLock { $0.quietUntil.flatMap { $0 > now ? $0 - now : nil } }
  }
}
