public import Diagnostics
import Dispatch
import Synchronization

/// Pieces of work for several threads, whose results are taken in the order in which the pieces were given.
///
///     let work = try OrderedWork(threads: 4) { block throws(ParlanceError) in try compress(block) }
///     while let block = next() { try work.add(block) { compressed throws(ParlanceError) in try write(compressed) } }
///     try work.finish { compressed throws(ParlanceError) in try write(compressed) }
///
/// At most one piece more than there are threads waits, so that memory does not grow with their number. One thread is the
/// caller's own.
public final class OrderedWork<Input: Sendable, Output: Sendable> {
  public typealias Work = @Sendable (Input) throws(ParlanceError) -> Output
  public typealias Take = (Output) throws(ParlanceError) -> Void

  private let work: Work
  private let threads: WorkerThreads?
  private let limit: Int
  /// The oldest first.
  private var pieces: [Piece] = []

  private final class Piece: Sendable {
    let result = Mutex<Result<Output, ParlanceError>?>(nil)
    let isDone = DispatchSemaphore(value: 0)
  }

  /// - Throws: `tryAgain` when the system gives no thread.
  public init(threads: Int, _ work: @escaping Work) throws(ParlanceError) {
    precondition(threads > 0, "at least one thread")
    self.work = work
    self.threads = threads > 1 ? try WorkerThreads(count: threads) : nil
    limit = threads + 1
  }

  deinit {
    // Nobody works on what belongs to a caller who is gone.
    for piece in pieces { piece.isDone.wait() }
  }

  /// Gives `input` to a thread; while there is enough to do, the oldest result is taken first.
  ///
  /// - Throws: what the work on an earlier piece or `take` throws.
  public func add(_ input: Input, _ take: Take) throws(ParlanceError) {
    guard let threads else { return try take(try work(input)) }
    if pieces.count == limit { try takeOldest(take) }
    let piece = Piece()
    pieces.append(piece)
    threads.add { [work] in
      do throws(ParlanceError) {
        let output = try work(input)
        piece.result.withLock { $0 = .success(output) }
      } catch {
        piece.result.withLock { $0 = .failure(error) }
      }
      piece.isDone.signal()
    }
  }

  /// Takes all results that are left.
  public func finish(_ take: Take) throws(ParlanceError) {
    while !pieces.isEmpty { try takeOldest(take) }
  }

  private func takeOldest(_ take: Take) throws(ParlanceError) {
    let piece = pieces.removeFirst()
    piece.isDone.wait()
    guard let result = piece.result.withLock({ $0.take() }) else {
      throw ParlanceError(.internalFault, "a worker thread left no result")
    }
    try take(try result.get())
  }
}
