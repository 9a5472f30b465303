import Synchronization

/// A wish to stop that long work looks at between two units, so that what it leaves behind is whole and resumable.
///
/// The command line raises it on SIGINT; a server raises it when a client goes away.
public final class Interruption: Sendable {
  private let raised = Atomic<Bool>(false)

  public init() {}

  /// Asks the work to stop at its next safe point. Safe to call from a signal source.
  public func request() {
    raised.store(true, ordering: .relaxed)
  }

  public var isRequested: Bool {
    raised.load(ordering: .relaxed)
  }

  /// - Throws: `ParlanceError` with code `interrupted` once a stop was asked for.
  public func check() throws(ParlanceError) {
    if isRequested { throw ParlanceError(.interrupted, "stopped on request") }
  }
}
