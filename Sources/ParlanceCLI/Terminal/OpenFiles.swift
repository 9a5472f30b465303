#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files, connections among them, that the system lets the process have open at once.
enum OpenFiles {
  /// Asks for room for `count`, as far as the process may ask.
  ///
  /// - Returns: how many there may be.
  static func allow(_ count: Int) -> Int {
    #if canImport(Glibc)
      let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let kind = RLIMIT_NOFILE
    #endif
    var limit = rlimit()
    guard unsafe getrlimit(kind, &limit) == 0 else { return count }
    if limit.rlim_cur < count {
      limit.rlim_cur = min(limit.rlim_max, rlim_t(count))
      _ = unsafe setrlimit(kind, &limit)
      guard unsafe getrlimit(kind, &limit) == 0 else { return count }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
