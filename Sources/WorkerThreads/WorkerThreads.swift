public import Diagnostics
import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that stay, for work that must not block Swift's cooperative pool.
///
/// Jobs run in the order in which they came. The threads end when the last reference is gone and the work is done.
public final class WorkerThreads: Sendable {
  private let jobs: JobQueue

  /// - Parameters:
  ///   - count: the number of threads.
  ///   - setUp: what each thread does before its first job; when it throws, so do the jobs of that thread.
  public init(
    count: Int, setUp: @escaping @Sendable () throws(ParlanceError) -> Void = {}
  ) throws(ParlanceError) {
    precondition(count > 0, "at least one thread")
    let jobs = JobQueue()
    self.jobs = jobs
    for _ in 0..<count {
      try Self.start {
        let failure = Self.failure(of: setUp)
        while let job = jobs.next() { job(failure) }
      }
    }
  }

  deinit {
    jobs.close()
  }

  /// Leaves `work` to one of the threads, whose set-up must not fail.
  func add(_ work: @escaping @Sendable () -> Void) {
    jobs.add { _ in work() }
  }

  /// Runs `work` on one of the threads while the calling thread waits.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    let done = DispatchSemaphore(value: 0)
    let place = Outcome<Result>()
    jobs.add { failure in
      place.result.withLock { $0 = Self.result(of: work, unless: failure) }
      done.signal()
    }
    done.wait()
    guard let result = place.result.withLock({ $0 }) else {
      throw ParlanceError(.internalFault, "a worker thread left no result")
    }
    return try result.get()
  }

  /// Runs `work` on one of the threads while the calling task is suspended.
  public func run<Result: Sendable>(
    _ work: @escaping @Sendable () throws(ParlanceError) -> Result
  ) async throws(ParlanceError) -> Result {
    let result = await withCheckedContinuation { continuation in
      jobs.add { failure in continuation.resume(returning: Self.result(of: work, unless: failure)) }
    }
    return try result.get()
  }

  /// Where the result of a job is left for the thread that waits.
  private final class Outcome<Success: Sendable>: Sendable {
    let result = Mutex<Swift.Result<Success, ParlanceError>?>(nil)
  }

  private static func result<Success>(
    of work: () throws(ParlanceError) -> Success, unless failure: ParlanceError?
  ) -> Swift.Result<Success, ParlanceError> {
    if let failure { return .failure(failure) }
    do throws(ParlanceError) {
      return .success(try work())
    } catch {
      return .failure(error)
    }
  }

  private static func failure(of work: () throws(ParlanceError) -> Void) -> ParlanceError? {
    do throws(ParlanceError) {
      try work()
      return nil
    } catch {
      return error
    }
  }

  private final class Start: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  private static func start(_ body: @escaping @Sendable () -> Void) throws(ParlanceError) {
    let start = unsafe Unmanaged.passRetained(Start(body))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        #if !canImport(Darwin)
          guard let argument = unsafe argument else { return nil }
        #endif
        let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        start.body()
        return nil
      }, start.toOpaque())
    guard status == 0 else {
      unsafe start.release()
      throw ParlanceError(.tryAgain, "cannot start a thread: error \(status)")
    }
    #if canImport(Darwin)
      if let thread = unsafe thread { unsafe pthread_detach(thread) }
    #else
      pthread_detach(thread)
    #endif
  }
}

/// Jobs in the order in which they came, for the threads that wait for them.
private final class JobQueue: Sendable {
  /// Gets why its thread is not fit for work, if so.
  typealias Job = @Sendable (ParlanceError?) -> Void

  /// The slots of jobs that were taken are empty, so that what a job holds ends with it however long others wait.
  private let state = Mutex<(waiting: [Job?], taken: Int)>(([], 0))
  private let available = DispatchSemaphore(value: 0)

  func add(_ job: @escaping Job) {
    state.withLock { $0.waiting.append(job) }
    available.signal()
  }

  /// The next job, waited for; `nil` when the queue is closed and empty, since then there was one signal more than jobs.
  func next() -> Job? {
    available.wait()
    let job: Job? = state.withLock { state in
      guard state.taken < state.waiting.count else { return nil }
      let job = state.waiting[state.taken].take()
      state.taken += 1
      // Seldom enough that a job is moved once on average.
      if state.taken * 2 >= state.waiting.count {
        state.waiting.removeFirst(state.taken)
        state.taken = 0
      }
      return job
    }
    // Closing wakes one thread, which wakes the next one.
    if job == nil { available.signal() }
    return job
  }

  func close() {
    available.signal()
  }
}
