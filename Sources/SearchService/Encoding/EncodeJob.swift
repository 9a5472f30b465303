import SparseEncoder
import Synchronization

/// One caller's query on its way through the pool: it is answered once, by whoever comes first.
final class EncodeJob: Sendable {
  /// What came of a query.
  struct Outcome: Sendable {
    var query: ReadQuery
    /// How long it waited for the model.
    var queued: Duration
    /// How many queries went through the model together.
    var batch: Int
  }

  let query: ReadQuery
  let deadline: ContinuousClock.Instant
  let arrival = ContinuousClock.now

  private enum State {
    case new
    case waiting(CheckedContinuation<Result<Outcome, Problem>, Never>)
    /// The answer came before anybody waited for it.
    case early(Result<Outcome, Problem>)
    case over
  }

  private let state = Mutex(State.new)

  init(_ query: ReadQuery, deadline: ContinuousClock.Instant) {
    self.query = query
    self.deadline = deadline
  }

  var isOver: Bool {
    state.withLock { state in
      switch state {
      case .new, .waiting: false
      case .early, .over: true
      }
    }
  }

  /// Lets the caller wait. An answer that is there already is given at once.
  func wait(_ continuation: CheckedContinuation<Result<Outcome, Problem>, Never>) {
    let early = state.withLock { state -> Result<Outcome, Problem>? in
      if case .early(let result) = state {
        state = .over
        return result
      }
      state = .waiting(continuation)
      return nil
    }
    if let early { continuation.resume(returning: early) }
  }

  func finish(_ result: Result<Outcome, Problem>) {
    let continuation = state.withLock { state -> CheckedContinuation<Result<Outcome, Problem>, Never>? in
      switch state {
      case .new:
        state = .early(result)
        return nil
      case .waiting(let continuation):
        state = .over
        return continuation
      case .early, .over: return nil
      }
    }
    continuation?.resume(returning: result)
  }
}
