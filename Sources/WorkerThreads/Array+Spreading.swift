package import Diagnostics

extension Array where Element: Sendable {
  /// What `body` makes of each element, in their order, by several tasks at once.
  ///
  /// Each task takes every `tasks`-th element, so that long ones are spread.
  ///
  /// - Parameter tasks: how many; below 1 as 1.
  /// - Throws: what `body` throws, of several failures one.
  package func mapSpread<Output: Sendable>(
    over tasks: Int, _ body: @escaping @Sendable (Element) throws(ParlanceError) -> Output
  ) async throws(ParlanceError) -> [Output] {
    let taskCount = Swift.min(Swift.max(1, tasks), count)
    let parts = await withTaskGroup(of: (Int, Result<[Output], ParlanceError>).self) { group in
      for first in 0..<taskCount {
        group.addTask {
          let part: Result<[Output], ParlanceError> = Result { () throws(ParlanceError) in
            var outputs: [Output] = []
            for place in stride(from: first, to: count, by: taskCount) { outputs.append(try body(self[place])) }
            return outputs
          }
          return (first, part)
        }
      }
      var parts = [Result<[Output], ParlanceError>](repeating: .success([]), count: taskCount)
      for await (first, part) in group { parts[first] = part }
      return parts
    }
    let outputs = try parts.map { part throws(ParlanceError) in try part.get() }
    return indices.map { outputs[$0 % taskCount][$0 / taskCount] }
  }
}
