/// Test-only: stands between every writer of this project and the operating system, and makes chosen calls fail.
///
/// A test counts the operations of a writer once and then runs it again for each of them, with a full disk, a short write
/// or the end of the process at that point:
///
///     let faults = FaultLayer { number, _ in number == 7 ? .crash(writing: 10) : nil }
///     try FaultLayer.$current.withValue(faults) { try write() }
///
/// Files take the layer that is current when they are opened. Without one nothing is asked.
package final class FaultLayer: @unchecked Sendable {
  /// What a writer asks of the system.
  package enum Operation: Equatable, Sendable {
    case open(path: String)
    case lock(path: String)
    case write(path: String, count: Int)
    case sync(path: String)
    case rename(from: String, to: String)
    case syncFolder(path: String)
    case remove(path: String)
    case truncate(path: String, count: Int)
  }

  package enum Fault: Equatable, Sendable {
    /// The call fails with this `errno`.
    case error(Int32)
    /// A write takes only so many bytes, which is no error: the writer has to go on with the rest.
    case short(Int)
    /// The process dies here, after so many bytes of a write: neither this call nor any later one has an effect.
    case crash(writing: Int)
  }

  @TaskLocal package static var current: FaultLayer?

  private let decide: (Int, Operation) -> Fault?
  /// All operations so far.
  package private(set) var operations: [Operation] = []
  package private(set) var isCrashed = false

  /// - Parameter decide: given the number of the operation, from 0, and the operation; `nil` lets it through.
  package init(_ decide: @escaping (Int, Operation) -> Fault? = { _, _ in nil }) {
    self.decide = decide
  }

  /// The outcome for one operation; after a crash everything crashes.
  func fault(for operation: Operation) -> Fault? {
    if isCrashed { return .crash(writing: 0) }
    operations.append(operation)
    let fault = decide(operations.count - 1, operation)
    if case .crash = fault { isCrashed = true }
    return fault
  }
}
