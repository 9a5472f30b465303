import Synchronization

/// Tells the first of many equal troubles, once.
final class FirstTrouble: Sendable {
  private let isTold = Mutex(false)
  private let body: @Sendable (String) -> Void

  init(_ body: @escaping @Sendable (String) -> Void) { self.body = body }

  func tell(_ reason: String) {
    let isFirst = isTold.withLock { isTold in
      defer { isTold = true }
      return !isTold
    }
    if isFirst { body(reason) }
  }
}
