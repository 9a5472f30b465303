import Dispatch
import Testing

@testable import WorkerThreads

@Suite("Threads that stay")
struct WorkerThreadsTests {
  private final class Load: Sendable {}

  @Test("what a job holds ends with it, however many others wait behind it")
  func letGo() throws {
    let threads = try WorkerThreads(count: 1)
    let (begin, isUnderWay, end, isDone) = (
      DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
    )
    threads.add { begin.wait() }
    weak var load: Load?
    do {
      let held = Load()
      load = held
      threads.add { withExtendedLifetime(held) {} }
    }
    #expect(load != nil)
    threads.add {
      isUnderWay.signal()
      end.wait()
    }
    for _ in 0..<20 { threads.add {} }
    threads.add { isDone.signal() }
    begin.signal()
    isUnderWay.wait()
    #expect(load == nil)
    end.signal()
    isDone.wait()
  }
}
