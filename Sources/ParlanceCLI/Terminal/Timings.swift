import Diagnostics
import Reports

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a command's time went, part by part: what `--timings` tells.
///
/// The parts follow one another. The first is what the process did before the command began, loading and parsing arguments,
/// in processor time; the others are by the clock.
struct Timings {
  private(set) var parts: [(name: String, time: Duration)] = []
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant

  init() {
    var used = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
    parts = [("start", .seconds(used.tv_sec) + .nanoseconds(used.tv_nsec))]
    last = clock.now
  }

  /// A part ends here.
  mutating func mark(_ name: String) {
    let now = clock.now
    parts.append((name, now - last))
    last = now
  }

  /// Parts that were timed elsewhere end here.
  mutating func mark(_ timed: [(name: String, time: Duration)]) {
    parts += timed
    last = clock.now
  }

  /// Milliseconds by part, for `--json`.
  var milliseconds: [String: Double] {
    Dictionary(parts.map { ($0.name, $0.time.roundedMilliseconds) }) { $0 + $1 }
  }

  /// One line.
  var text: String {
    func text(_ time: Duration) -> String { FixedDecimal.text(time.milliseconds, digits: 1) }
    let whole = parts.reduce(.zero) { $0 + $1.time }
    return "timings: " + parts.map { "\($0.name) \(text($0.time))" }.joined(separator: ", ")
      + "; \(text(whole)) ms in all"
  }
}
