#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What the system says about this process.
struct ProcessFigures {
  var residentBytes: Int
  var processorSeconds: Double

  /// Seconds since 1970.
  static var now: Double { Date().timeIntervalSince1970 }

  /// `nil` where there is no `/proc`.
  static func read() -> ProcessFigures? {
    guard let statm = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
      let stat = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let pages = statm.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
      // The second field is a name in parentheses, which may hold anything.
      let end = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
    // Linux counts in pages of 4 KiB and hundredths of a second on every machine that we build for.
    return ProcessFigures(residentBytes: pages * 4096, processorSeconds: (user + system) / 100)
  }
}
