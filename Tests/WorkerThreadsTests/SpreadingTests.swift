import Diagnostics
import Testing
import WorkerThreads

@Suite("What tasks make of an array's elements")
struct SpreadingTests {
  @Test("comes in the order of the elements, however many tasks there are", arguments: [-1, 0, 1, 2, 3, 7, 100])
  func order(tasks: Int) async throws {
    for count in [0, 1, 6, 7, 23] {
      let doubled = try await Array(0..<count).mapSpread(over: tasks) { 2 * $0 }
      #expect(doubled == (0..<count).map { 2 * $0 })
    }
  }

  @Test("is an error when it is one of any element", arguments: [0, 3])
  func failure(tasks: Int) async throws {
    let error = await #expect(throws: ParlanceError.self) {
      _ = try await Array(0..<9).mapSpread(over: tasks) { (number: Int) throws(ParlanceError) in
        if number == 4 { throw ParlanceError(.badInput, "number 4") }
        return number
      }
    }
    #expect(error?.message == "number 4")
  }
}
