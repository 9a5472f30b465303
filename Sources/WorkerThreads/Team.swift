public import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A few threads that help one another with a piece of work that takes milliseconds.
///
/// The calling thread leads: what it says step after step is shared by whoever is there. Nobody waits for a helper that has
/// not come yet, so that on a busy machine the leader does all by itself.
public final class Team: Sendable {
  /// How many there are, the leader included.
  public let size: Int
  private let helpers: WorkerThreads?

  public init(size: Int) throws(ParlanceError) {
    precondition(size > 0, "a team has at least one member")
    self.size = size
    helpers = size > 1 ? try WorkerThreads(count: size - 1) : nil
  }

  /// Runs `lead` on the calling thread, with helpers for its shared steps.
  public func run<Result>(_ lead: (Crew) -> Result) -> Result {
    guard let helpers else { return lead(.alone) }
    let crew = Crew(size: size)
    for rank in 1..<size { helpers.add { crew.help(rank) } }
    defer { crew.dismiss() }
    return lead(crew)
  }
}

/// Those who are at work on one run of a `Team`.
public final class Crew: Sendable {
  /// The most members.
  public let size: Int
  private let step = Mutex<Step?>(nil)
  /// How many steps there were; -1 when the work is over.
  private let steps = Atomic(0)

  /// A leader without helpers.
  public static let alone = Crew(size: 1)

  init(size: Int) {
    self.size = size
  }

  /// The same work on 0 ..< count: whoever is free takes the next item.
  private final class Step: Sendable {
    let count: Int
    let work: @Sendable (Int, Int) -> Void
    private let next = Atomic(0)
    private let done = Atomic(0)

    init(count: Int, work: @escaping @Sendable (Int, Int) -> Void) {
      self.count = count
      self.work = work
    }

    /// Does what nobody has taken.
    func share(_ rank: Int) {
      while true {
        let item = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard item < count else { return }
        work(item, rank)
        done.wrappingAdd(1, ordering: .releasing)
      }
    }

    var isDone: Bool { done.load(ordering: .acquiring) == count }
  }

  /// Does `work(item, rank)` for each item below `count` and returns when all are done; `rank` is that of the member, 0
  /// for the leader. Only the leader calls it.
  public func forEach(_ count: Int, _ work: @escaping @Sendable (_ item: Int, _ rank: Int) -> Void) {
    guard size > 1, count > 1 else {
      for item in 0..<count { work(item, 0) }
      return
    }
    let own = Step(count: count, work: work)
    step.withLock { $0 = own }
    steps.wrappingAdd(1, ordering: .releasing)
    own.share(0)
    // Only items that a helper has begun are waited for.
    var spins = 0
    while !own.isDone { Self.pause(&spins) }
  }

  fileprivate func help(_ rank: Int) {
    var seen = 0, spins = 0
    while true {
      let now = steps.load(ordering: .acquiring)
      if now < 0 { return }
      if now == seen {
        Self.pause(&spins)
        continue
      }
      (seen, spins) = (now, 0)
      step.withLock { $0 }?.share(rank)
    }
  }

  fileprivate func dismiss() {
    steps.store(-1, ordering: .releasing)
  }

  /// Steps take microseconds, so one spins; when they take longer, others may have the core.
  private static func pause(_ spins: inout Int) {
    spins += 1
    if spins > 1000 { sched_yield() }
  }
}
