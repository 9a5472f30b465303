import Diagnostics
import Synchronization

/// Where answers are kept that were paid for, so that nobody asks for them again: not a rerun after a crash, not another process
/// at the same time.
///
/// A question is claimed before it is asked. A claim ends with the answer, when it is given back, or when the one who made it
/// is gone or does not renew it.
protocol AnswerCache: Sendable {
  func claim(_ key: String) throws(ParlanceError) -> CacheClaim
  func answer(for key: String) throws(ParlanceError) -> ChatAnswer?
  func store(_ answer: ChatAnswer, for key: String, model: String, prompt: String) throws(ParlanceError)
  func giveBack(_ key: String) throws(ParlanceError)
  /// Says that this one's claims still stand.
  func renew() throws(ParlanceError)
  /// Lets go of the files; nothing can be asked of the cache any more.
  func close()
}

/// What a cache says about a question.
enum CacheClaim: Sendable, Equatable {
  case answered(ChatAnswer)
  /// Nobody knows the answer; the one who asked is to find out.
  case mine
  /// Another process is asking.
  case taken
}

/// A cache that ends with the process.
final class MemoryCache: AnswerCache {
  private let answers = Mutex<[String: ChatAnswer]>([:])

  var count: Int { answers.withLock(\.count) }

  func claim(_ key: String) -> CacheClaim { answer(for: key).map { .answered($0) } ?? .mine }

  func answer(for key: String) -> ChatAnswer? { answers.withLock { $0[key] } }

  func store(_ answer: ChatAnswer, for key: String, model: String, prompt: String) {
    answers.withLock { $0[key] = answer }
  }

  func giveBack(_ key: String) {}

  func renew() {}

  func close() {}
}
