import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import ParlanceCLI

@Suite("the terminal")
struct TerminalTests {
  static let progress = Progress("encoding", completed: 12_345, total: 41_280, unit: "passages")

  @Test("a line of progress: bar, counts, rate, time left")
  func line() {
    #expect(
      ProgressBar.line(Self.progress, rate: 98, width: 100, isUTF8: true)
        == "encoding  ━━━━━━━━━───────────────────────  12,345 / 41,280 passages  98/s  4 min 56 s left")
    #expect(
      ProgressBar.line(Self.progress, rate: 98, width: 70, isUTF8: false)
        == "encoding  ###--------  12,345 / 41,280 passages  98/s  4 min 56 s left")
    #expect(
      ProgressBar.line(Self.progress, rate: 0, width: 60, isUTF8: false)
        == "encoding  #######-----------------  12,345 / 41,280 passages")
  }

  @Test("a narrow terminal loses the bar first, then the end; no line is longer than the terminal is wide")
  func narrow() {
    #expect(
      ProgressBar.line(Self.progress, rate: 98, width: 66, isUTF8: true)
        == "encoding  12,345 / 41,280 passages  98/s  4 min 56 s left")
    for width in 0...120 {
      for isUTF8 in [true, false] {
        #expect(ProgressBar.line(Self.progress, rate: 2.5, width: width, isUTF8: isUTF8).count <= width)
      }
    }
  }

  @Test("without a total there are count and rate; a job beyond its total fills the bar and no more")
  func totals() {
    let open = Progress("reading", completed: 5, total: nil, unit: "lines")
    #expect(ProgressBar.line(open, rate: 2.5, width: 79, isUTF8: true) == "reading  5 lines  2.5/s")
    let beyond = Progress("reading", completed: 7, total: 5, unit: "lines")
    #expect(
      ProgressBar.line(beyond, rate: 1, width: 50, isUTF8: false)
        == "reading  #####################  7 / 5 lines  1.0/s")
  }

  @Test("times")
  func times() {
    #expect(
      [0.2, 59.5, 61, 3_599, 3_661].map(ProgressBar.time) == [
        "1 s", "1 min 0 s", "1 min 1 s", "59 min 59 s", "1 h 1 min",
      ])
    #expect((1...86_400).allSatisfy { Duration.seconds($0).seconds == Double($0) })
    #expect(Duration.microseconds(1_500).milliseconds == 1.5)
    #expect(Duration.nanoseconds(1_499).roundedMilliseconds == 0.001)
  }

  /// A terminal made by `script`, of util-linux.
  private func onTerminal(_ variables: String) throws -> String {
    try SearchFixture.inFolder { folder in
      try ParlanceProcess.shell(
        "\(variables) script -qec \"$PARLANCE search --index bm25 undo\" /dev/null < /dev/null", in: folder
      ).output
    }
  }

  @Test(
    "titles are bold on a terminal, and plain with NO_COLOR and on a dumb one",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/script"), "there is no script(1) to make a terminal"))
  func styles() throws {
    let bold = try onTerminal("TERM=xterm")
    #expect(bold.contains("\u{1B}[1mgit reset\u{1B}[0m"), "\(bold)")
    for plain in ["TERM=dumb", "TERM=xterm NO_COLOR=1"] {
      let output = try onTerminal(plain)
      #expect(output.contains("git reset") && !output.contains("\u{1B}"), "\(plain): \(output)")
    }
    #expect(try onTerminal("TERM=xterm NO_COLOR=").contains("\u{1B}[1m"), "an empty NO_COLOR is none")
  }
}
