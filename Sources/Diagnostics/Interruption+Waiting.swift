extension Interruption {
  /// Waits for `work` or for the wish to stop, whichever comes first: for work that cannot look at the wish often enough
  /// itself, such as a large batch in a model.
  ///
  /// Work that is left behind is cancelled; what does not ask for that goes on to its end, and nobody hears of it.
  ///
  /// - Throws: `interrupted` soon after the wish; what `work` throws.
  package func waiting<Success: Sendable>(
    for work: @escaping @Sendable () async throws(ParlanceError) -> Success
  ) async throws(ParlanceError) -> Success {
    try check()
    let (outcomes, feed) = AsyncStream.makeStream(of: Result<Success, ParlanceError>.self)
    let worker = Task {
      do throws(ParlanceError) {
        feed.yield(.success(try await work()))
      } catch {
        feed.yield(.failure(error))
      }
    }
    let watch = Task {
      while !isRequested, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(100)) }
      feed.finish()
    }
    defer {
      watch.cancel()
      worker.cancel()
    }
    for await outcome in outcomes { return try outcome.get() }
    throw ParlanceError(.interrupted, "stopped on request")
  }
}
