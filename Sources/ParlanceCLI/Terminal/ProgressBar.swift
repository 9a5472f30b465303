import Diagnostics
import Reports
import Synchronization

/// Draws the progress of a long job on standard error: a bar with rate and time left on a terminal, a line every
/// ten seconds where the output goes to a log, nothing for jobs that end within the first half second.
final class ProgressBar: Sendable {
  private struct State {
    var activity = ""
    var startedAt: ContinuousClock.Instant
    var completedAtStart: Int
    var drawnAt: ContinuousClock.Instant
    var isDrawn = false
  }

  /// A log breaks no line, so that the figures at the end of one are not cut off.
  private static let logWidth = 200

  private let console: Console
  private let clock = ContinuousClock()
  private let state: Mutex<State>

  init(_ console: Console = .standard) {
    self.console = console
    let now = clock.now
    state = Mutex(State(startedAt: now, completedAtStart: 0, drawnAt: now))
  }

  /// What a library's long job is given.
  var handler: ProgressHandler {
    { progress in self.update(progress) }
  }

  /// Takes the bar away, so that what follows stands on a clean line.
  func finish() {
    state.withLock { state in
      if state.isDrawn && console.errorIsTerminal { StandardError.write("\r\u{1B}[K") }
      state.isDrawn = false
    }
  }

  private func update(_ progress: Progress) {
    let now = clock.now
    state.withLock { state in
      if state.activity != progress.activity {
        if state.isDrawn && console.errorIsTerminal { StandardError.write("\r\u{1B}[K") }
        state = State(
          activity: progress.activity, startedAt: now, completedAtStart: progress.completed, drawnAt: now)
      }
      let interval: Duration =
        console.errorIsTerminal ? .milliseconds(state.isDrawn ? 100 : 500) : .seconds(10)
      guard now - state.drawnAt >= interval else { return }
      state.drawnAt = now
      state.isDrawn = true
      let seconds = (now - state.startedAt).seconds
      let line = Self.line(
        progress, rate: Double(progress.completed - state.completedAtStart) / seconds,
        width: console.errorIsTerminal ? console.width - 1 : Self.logWidth, isUTF8: console.isUTF8)
      StandardError.write(console.errorIsTerminal ? "\r\(line)\u{1B}[K" : line + "\n")
    }
  }

  /// One line of at most `width` characters; the bar goes first when there is no room.
  ///
  /// `encoding  ━━━━━━━─────  12,345 / 41,280 passages  98/s  4 min 55 s left`
  static func line(_ progress: Progress, rate: Double, width: Int, isUTF8: Bool) -> String {
    var text = "  \(FixedDecimal.grouped(progress.completed))"
    if let total = progress.total { text += " / \(FixedDecimal.grouped(total))" }
    text += " \(progress.unit)"
    if rate > 0 {
      text += rate >= 10 ? "  \(FixedDecimal.grouped(Int(rate.rounded())))/s" : "  \(Double(Int(rate * 10)) / 10)/s"
      if let total = progress.total, total > progress.completed {
        text += "  \(time(Double(total - progress.completed) / rate)) left"
      }
    }
    if !progress.detail.isEmpty { text += "  \(progress.detail)" }
    // A line that the terminal would break could not be drawn over again.
    let plain = String((progress.activity + text).prefix(max(0, width)))
    guard let total = progress.total, total > 0 else { return plain }
    let room = min(32, width - progress.activity.count - text.count - 2)
    guard room >= 8 else { return plain }
    let full = room * min(progress.completed, total) / total
    let (done, left) = isUTF8 ? ("━", "─") : ("#", "-")
    return progress.activity + "  " + String(repeating: done, count: full)
      + String(repeating: left, count: room - full) + text
  }

  /// `4 min 55 s`
  static func time(_ seconds: Double) -> String {
    let seconds = Int(seconds.rounded(.up))
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  }
}
