import Synchronization

/// What a job is asking at the moment: several turns, such as the first ones of conversations that open alike, may be one and
/// the same question, which is asked once.
final class QuestionsUnderWay: Sendable {
  private let keys = Mutex<Set<String>>([])

  /// - Returns: false when it is being asked already.
  func begin(_ key: String) -> Bool { keys.withLock { $0.insert(key).inserted } }

  func end(_ key: String) { _ = keys.withLock { $0.remove(key) } }
}
