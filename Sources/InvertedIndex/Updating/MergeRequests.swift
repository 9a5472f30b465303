import Diagnostics
import Synchronization

/// Which wishes for a merge are fulfilled, and when.
///
/// One thread at a time works; a wish that comes while it ends is not lost. After a failure, such as a full disk, the next wishes are
/// passed over: two after the first failure, twice as many after each further one, 64 at most.
final class MergeRequests: Sendable {
  private struct State {
    var isBusy = false
    var isWanted = false
    var failures = 0
    var rest = 0
  }

  private let state = Mutex(State())

  /// Asks for a merge.
  ///
  /// - Returns: whether the caller has to begin the work.
  func add() -> Bool {
    state.withLock { state in
      if state.isBusy {
        state.isWanted = true
        return false
      }
      if state.rest > 0 {
        state.rest -= 1
        return false
      }
      state.isBusy = true
      return true
    }
  }

  /// Ends the work.
  ///
  /// - Returns: whether it has to be begun again, since somebody asked meanwhile.
  func end(_ failure: ParlanceError?) -> Bool {
    state.withLock { state in
      let isWanted = state.isWanted
      state.isWanted = false
      guard failure == nil else {
        state.failures += 1
        state.rest = min(64, 1 << min(6, state.failures))
        state.isBusy = false
        return false
      }
      state.failures = 0
      state.isBusy = isWanted
      return isWanted
    }
  }
}
