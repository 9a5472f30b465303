import Synchronization

/// Closed, it holds whoever comes, until it is opened.
public final class Gate: Sendable {
  private let state: Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>
  private let arrivals = AsyncStream.makeStream(of: Void.self)

  public init(isOpen: Bool = true) { state = Mutex((isOpen, [])) }

  public func close() { state.withLock { $0.isOpen = false } }

  public func open() {
    let waiting = state.withLock { state in
      let waiting = state.waiting
      state = (true, [])
      return waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  public func pass() async {
    await withCheckedContinuation { continuation in
      let passes = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      arrivals.continuation.yield()
      if passes { continuation.resume() }
    }
  }

  /// Comes back once somebody has come.
  public func arrival() async {
    var arrived = arrivals.stream.makeAsyncIterator()
    _ = await arrived.next()
  }
}
