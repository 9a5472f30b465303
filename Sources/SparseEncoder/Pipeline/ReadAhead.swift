import Diagnostics
import Dispatch
import Synchronization

/// Pulls items on a thread of its own into a buffer of bounded size, so that a source that blocks, such as a pipe that
/// somebody types into, holds up nothing but itself.
final class ReadAhead<Item: Sendable>: Sendable {
  typealias Source = @Sendable () throws(ParlanceError) -> Item?

  private struct State {
    var items: [Item] = []
    /// Set when the source has ended; the error, if it ended so.
    var end: Result<Void, ParlanceError>?
    var waiter: CheckedContinuation<Void, Never>?
    var isStopped = false
  }

  private let state = Mutex(State())
  /// Counts the free places of the buffer.
  private let space: DispatchSemaphore

  init(capacity: Int, source: @escaping Source) {
    // A semaphore that begins above zero must not be let go of below where it began.
    space = DispatchSemaphore(value: 0)
    for _ in 0..<capacity { space.signal() }
    DispatchQueue(label: "parlance.read-ahead").async { self.pull(source) }
  }

  private func pull(_ source: Source) {
    while true {
      space.wait()
      if state.withLock({ $0.isStopped }) { return }
      let next: Result<Item?, ParlanceError>
      do throws(ParlanceError) {
        next = .success(try source())
      } catch {
        next = .failure(error)
      }
      let (waiter, isOver) = state.withLock { state in
        switch next {
        case .success(let item?): state.items.append(item)
        case .success(nil): state.end = .success(())
        case .failure(let error): state.end = .failure(error)
        }
        defer { state.waiter = nil }
        return (state.waiter, state.end != nil || state.isStopped)
      }
      waiter?.resume()
      if isOver { return }
    }
  }

  /// Takes what is there, at least one item and at most `limit`; waits for the first.
  ///
  /// - Parameter isFull: whether to wait until there are `limit` items or the source ends.
  /// - Returns: no item only when the source has ended or `stop()` was called; a failure of the source comes after the
  ///   items before it.
  func take(upTo limit: Int, isFull: Bool) async throws(ParlanceError) -> [Item] {
    var taken: [Item] = []
    while taken.count < limit {
      let (items, end, isStopped) = state.withLock { state in
        let count = min(limit - taken.count, state.items.count)
        let items = Array(state.items.prefix(count))
        state.items.removeFirst(count)
        return (items, state.items.isEmpty ? state.end : nil, state.isStopped)
      }
      for _ in items { space.signal() }
      taken += items
      if let end {
        if taken.isEmpty { try end.get() }
        return taken
      }
      if isStopped || taken.count == limit || !isFull && !taken.isEmpty { return taken }
      await more()
    }
    return taken
  }

  /// Suspends until there is an item, the end, or nothing to wait for.
  private func more() async {
    await withCheckedContinuation { continuation in
      let isThere = state.withLock { state in
        if !state.items.isEmpty || state.end != nil || state.isStopped { return true }
        state.waiter = continuation
        return false
      }
      if isThere { continuation.resume() }
    }
  }

  /// Lets whoever waits go on, and the thread end once the source gives its next item.
  func stop() {
    let waiter = state.withLock { state in
      state.isStopped = true
      defer { state.waiter = nil }
      return state.waiter
    }
    waiter?.resume()
    space.signal()
  }
}
