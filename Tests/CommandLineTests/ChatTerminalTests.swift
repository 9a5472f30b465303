import Foundation
import TestSupport
import Testing

@Suite("parlance chat at a terminal")
struct ChatTerminalTests {
  private func atTerminal(
    _ arguments: [String] = [], environment: [String: String] = [:], columns: Int = 80,
    _ body: (Pseudoterminal, String) throws -> Void
  ) throws {
    try SearchFixture.inFolder { folder in
      let terminal = try Pseudoterminal(
        ["chat", "--index", "bm25"] + arguments, in: folder, columns: columns, environment: environment)
      try terminal.wait(forRow: "1>")
      try body(terminal, folder)
    }
  }

  @Test("a conversation: edited, answered with marked words, undone, ended by ^D; the terminal is as before")
  func conversation() throws {
    try atTerminal { terminal, _ in
      #expect(!terminal.isCooked && terminal.screen.marksPastes)
      terminal.type("undo\u{01}How do I \u{05} the commit?\r")
      try terminal.wait(forRow: "2>")
      #expect(terminal.screen.text.contains("1> How do I undo the commit?"))
      let output = String(decoding: terminal.output, as: UTF8.self)
      #expect(output.contains("\u{1B}[1mgit reset\u{1B}[0m"))
      #expect(output.contains("\u{1B}[1;33mUndoing\u{1B}[0m the"), "a marked word")
      terminal.type("/answer 1\rand a branch?\r")
      try terminal.wait(forRow: "3>")
      terminal.type("/turns\r")
      try terminal.wait("the turns") { $0.screen.text.contains { $0.hasPrefix("  3  you  and a branch?") } }
      terminal.type("/und\t\r\u{1B}[A\r")
      try terminal.wait("both undone") { $0.screen.text.last == "1>" && $0.screen.text.contains("1> /undo") == false }
      terminal.type("\u{04}")
      #expect(try terminal.end() == 0)
      #expect(terminal.isCooked && !terminal.screen.marksPastes)
      #expect(terminal.screen.unknown.isEmpty)
    }
  }

  @Test(
    "a signal ends it with the terminal as before",
    arguments: [
      (SIGTERM, 130), (SIGINT, 130), (SIGHUP, 129), (SIGUSR1, SIGUSR1), (SIGALRM, SIGALRM), (SIGABRT, SIGABRT),
    ] as [(Int32, Int32)])
  func signals(number: Int32, code: Int32) throws {
    try atTerminal { terminal, _ in
      terminal.type("half a question")
      try terminal.wait(forRow: "1> half a question")
      terminal.signal(number)
      #expect(try terminal.end() == code)
      // Who is ended by such a fault has no time for manners.
      #expect(terminal.isCooked && (!terminal.screen.marksPastes || code == number))
    }
  }

  @Test("^C gives up a line and not the chat; a faulty command is told, and the chat goes on")
  func goesOn() throws {
    try atTerminal { terminal, _ in
      terminal.type("nothing\u{03}/frobnicate\r/explane\r/compare\r/answer 9\r/k 0\rundo\r")
      try terminal.wait(forRow: "2>")
      let text = terminal.screen.text
      #expect(text.contains("1> nothing^C"))
      #expect(text.contains("parlance: there is no command /frobnicate; /help lists them"))
      #expect(text.contains("parlance: there is no command /explane; did you mean /explain?"))
      #expect(text.contains("parlance: nothing was asked yet"))
      #expect(text.contains("parlance: /k takes how many passages to show, from 1"))
      terminal.type("/quit\r")
      #expect(try terminal.end() == 0)
    }
  }

  @Test("a window that becomes narrower has the line drawn into it")
  func resized() throws {
    try atTerminal { terminal, _ in
      terminal.type("0123456789")
      try terminal.wait(forRow: "1> 0123456789")
      terminal.setWindow(columns: 8)
      terminal.signal(SIGWINCH)
      try terminal.wait("the broken line") { $0.screen.text.contains("1> 01234") && $0.screen.text.contains("56789") }
      terminal.type("\u{15}\u{04}")
      #expect(try terminal.end() == 0)
    }
  }

  @Test("NO_COLOR leaves out colours and bold, and lines are edited all the same")
  func withoutColour() throws {
    try atTerminal(environment: ["NO_COLOR": "1"]) { terminal, _ in
      terminal.type("ndo\u{01}u\r")
      try terminal.wait(forRow: "2>")
      #expect(terminal.screen.text.contains { $0.contains("git reset") })
      #expect(!String(decoding: terminal.output, as: UTF8.self).contains("\u{1B}[1m"))
      terminal.type("\u{04}")
      #expect(try terminal.end() == 0)
    }
  }

  @Test("lines are kept where that is asked for, for the owner alone, and come back")
  func history() throws {
    try atTerminal(["--history", "typed"]) { terminal, folder in
      terminal.type("undo\r")
      try terminal.wait(forRow: "2>")
      terminal.type("\u{04}")
      #expect(try terminal.end() == 0)
      #expect(try String(contentsOfFile: folder + "/typed", encoding: .utf8) == "undo\n")
      let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/typed")
      #expect(attributes[.posixPermissions] as? Int == 0o600)
      let again = try Pseudoterminal(["chat", "--index", "bm25", "--history", "typed"], in: folder)
      try again.wait(forRow: "1>")
      again.type("\u{1B}[A")
      try again.wait(forRow: "1> undo")
      again.type("\u{03}\u{04}")
      #expect(try again.end() == 0)
    }
  }

  @Test("a dumb terminal gets lines without editing or escapes")
  func dumb() throws {
    try atTerminal(environment: ["TERM": "dumb"]) { terminal, _ in
      #expect(terminal.isCooked)
      terminal.type("undo\n")
      try terminal.wait(forRow: "2>")
      #expect(!terminal.output.contains(0x1B))
      terminal.type("/quit\n")
      #expect(try terminal.end() == 0)
    }
  }
}
