/// A bounded number of places that a producer takes and a consumer gives back.
struct Slots: Sendable {
  private let stream: AsyncStream<Void>
  private let feed: AsyncStream<Void>.Continuation

  init(count: Int) {
    (stream, feed) = AsyncStream.makeStream(of: Void.self)
    for _ in 0..<count { feed.yield() }
  }

  /// Waits for a place; only one task may wait.
  ///
  /// - Returns: false once `close()` was called and no place is left.
  func take() async -> Bool {
    var iterator = stream.makeAsyncIterator()
    return await iterator.next() != nil
  }

  func give() { feed.yield() }

  /// Lets the producer end.
  func close() { feed.finish() }
}
