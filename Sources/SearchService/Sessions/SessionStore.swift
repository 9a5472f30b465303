package import Diagnostics

/// Where conversations are kept between requests, for callers that want to send only what is new.
///
/// A conversation belongs to the key that made it; to any other it does not exist.
package protocol SessionStore: Sendable {
  /// - Throws: `cannotWrite`.
  func create(_ session: Session, owner: String) throws(ParlanceError)

  /// - Returns: `nil` when there is none, it is over, or it is another's.
  func session(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Session?

  /// Adds messages and begins the time to live anew.
  ///
  /// - Parameter most: how much a conversation may hold.
  /// - Returns: what became of the conversation; `nil` as above.
  /// - Throws: `usage` when it would hold more than `most`.
  func append(
    _ messages: [TextMessage], to id: String, owner: String, most: SessionLimits, now: Int
  ) throws(ParlanceError) -> Session?

  /// - Returns: whether there was one.
  func delete(_ id: String, owner: String, now: Int) throws(ParlanceError) -> Bool
}

/// A conversation that the service keeps.
package struct Session: Sendable, Hashable {
  /// 128 random bits, which nobody guesses.
  package var id: String
  package var messages: [TextMessage]
  /// Seconds that it lives after its last message.
  package var timeToLive: Int
  /// Seconds since 1970.
  package var expires: Int
}

/// How much a kept conversation may hold: it is read as a whole at each search.
package struct SessionLimits: Sendable, Hashable {
  package var messages: Int
  /// Of the messages' contents together, in UTF-8.
  package var bytes: Int

  /// - Throws: `usage` for more.
  func check(_ conversation: [TextMessage]) throws(ParlanceError) {
    guard conversation.count <= messages else {
      throw ParlanceError(.usage, "a conversation has at most \(messages) messages")
    }
    guard conversation.reduce(0, { $0 + $1.content.utf8.count }) <= bytes else {
      throw ParlanceError(.usage, "a conversation has at most \(bytes) bytes")
    }
  }
}
