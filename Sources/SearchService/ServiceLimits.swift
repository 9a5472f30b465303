/// What a caller may ask for, and how long it may take: beyond, the service says no at once instead of failing late.
package struct ServiceLimits: Sendable, Hashable {
  /// Bytes of a request's body.
  package var bodyBytes = 1 << 20
  /// Messages of a conversation.
  package var messages = 256
  /// Passages of an answer.
  package var k = 1000
  /// Texts of one request for vectors.
  package var batch = 128
  /// Queries that wait for the encoder; one more is told to come again.
  package var waiting = 256
  /// Connections at once. Where there is one more, the one whose client has been waited for longest is closed; where requests
  /// are at work on all, it waits in the system's queue.
  package var connections = 1024
  /// From a request's first byte in to its answer, and the longest that a client may take to read it.
  package var requestTime: Duration = .seconds(30)
  /// How long a client may take to send its first request's head, and any request's body.
  package var receiveTime: Duration = .seconds(10)
  /// How long a connection without a request is kept after an answer, `receiveTime` at least: longer than proxies keep theirs, which
  /// else send a request into one that is being closed.
  package var idleTime: Duration = .seconds(75)
  /// How long what was taken may go on after the wish to shut down.
  package var shutdownTime: Duration = .seconds(30)
  /// Queries whose vectors are kept.
  package var cachedQueries = 4096

  package init() {}
}
