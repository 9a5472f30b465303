public import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension RewriteJob {
  /// A job over the network, with a cache in a file.
  ///
  /// - Parameters:
  ///   - cache: the SQLite file, which other processes may use at the same time.
  ///   - onlyLooking: whether nothing is asked, so that a cache that does not exist need not be made.
  ///   - progress: called from the task that runs the job.
  ///   - trouble: told why the first question was not answered, if it was not; once.
  /// - Throws: as the cache's opening; `unavailable` where this build has no network (the package trait `Network`).
  public init(
    _ configuration: Configuration, cache path: String, onlyLooking: Bool = false, progress: ProgressHandler? = nil,
    trouble: (@Sendable (String) -> Void)? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    #if Network
      let isMissing = onlyLooking && !FileManager.default.fileExists(atPath: path)
      self.init(
        configuration, cache: isMissing ? MemoryCache() : try SQLiteCache(path: path),
        transport: AsyncHTTPChatTransport(connections: configuration.concurrency), progress: progress,
        trouble: trouble, interruption: interruption)
    #else
      throw ParlanceError(
        .unavailable, "this build of Parlance has no network; build it with the package trait Network")
    #endif
  }

  /// Ends the connections and closes the cache's file; the job cannot run again.
  public func shutdown() async {
    await transport.shutdown()
    cache.close()
  }
}
