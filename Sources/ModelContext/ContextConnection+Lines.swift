extension ContextConnection {
  /// Takes messages as they come until there are no more, and waits for what they began.
  ///
  /// - Parameter onTaken: called once for each message when it has been taken, answered or not: then there is room for another.
  /// - Throws: what `messages` throws; what is at work is given up then.
  public func receive(
    _ messages: AsyncThrowingStream<[UInt8], any Error>, onTaken: @escaping @Sendable () -> Void
  ) async throws {
    try await withThrowingDiscardingTaskGroup { group in
      do {
        for try await message in messages {
          if let task = await receive(message) { group.addTask { await task.value } }
          onTaken()
        }
      } catch {
        giveUp()
        throw error
      }
    }
  }
}
