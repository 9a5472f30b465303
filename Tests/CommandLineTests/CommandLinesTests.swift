import Foundation
import TestSupport
import Testing

@Suite("command lines that are printed")
struct CommandLinesTests {
  @Test("a shell reads the printed command as the words that were given")
  func quoted() throws {
    let names = [
      "it's", "a b", "R(rel=2)@10", "a;b", "$HOME", "*", "~", "a&b", "x|y", "<t>", "{1,2}", "!", "\\", "é", "",
    ]
    try ParlanceProcess.inFolder(of: ["a.trec": "q Q0 p 1 1 a\n", "q.txt": "q 0 p 1\n"]) { folder in
      for title in names {
        let made = try ParlanceProcess.run(
          ["report", "a.trec", "--qrels", "q.txt", "--title", title, "--out", "r.md"], in: folder)
        #expect(made.code == 0, "\(title): \(made.error)")
        let page = try String(contentsOfFile: folder + "/r.md", encoding: .utf8)
        let line = try #require(
          page.split(separator: "\n").first { $0.contains("parlance report ") }.map { String($0.drop { $0 == " " }) },
          "\(page)")
        let script = "parlance() { for word; do printf '%s\\n' \"$word\"; done; }\n" + line + "\n"
        let read = try ParlanceProcess.shell(script, in: folder)
        #expect(
          read.output.split(separator: "\n", omittingEmptySubsequences: false).contains(Substring(title)), "\(line)")
      }
    }
  }
}
