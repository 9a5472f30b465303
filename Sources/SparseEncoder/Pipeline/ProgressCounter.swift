import Diagnostics
import Synchronization

/// Adds up what batches finish in any order and tells it as one count.
final class ProgressCounter: Sendable {
  private let completed: Mutex<Int>
  private let total: Int?
  private let unit: String
  private let handler: ProgressHandler?

  init(completed: Int, total: Int?, unit: String, handler: ProgressHandler?) {
    self.completed = Mutex(completed)
    self.total = total
    self.unit = unit
    self.handler = handler
  }

  func add(_ count: Int) {
    guard let handler else { return }
    let now = completed.withLock { completed in
      completed += count
      return completed
    }
    handler(Progress("encoding", completed: now, total: total, unit: unit))
  }
}
