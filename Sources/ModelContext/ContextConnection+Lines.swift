import StrictJSON

extension ContextConnection {
  /// Takes messages as they come until there are no more, and waits for what they began.
  ///
  /// - Parameter onDone: called once for each message when it has been dealt with, answered requests included, whichever comes
  ///   first: then there is room for another one. What it throws ends everything.
  public func receive(
    _ messages: AsyncThrowingStream<[UInt8], any Error>, onDone: @escaping @Sendable () throws -> Void
  ) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      for try await message in messages {
        guard let task = await receive(message) else {
          try onDone()
          continue
        }
        group.addTask {
          await task.value
          try onDone()
        }
      }
    }
  }
}
