#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension WorkerThreads {
  /// How many cores this process may run on.
  public static var availableCores: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}
