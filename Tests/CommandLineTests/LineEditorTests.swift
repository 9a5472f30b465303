import Testing

@testable import ParlanceCLI

/// A terminal whose keys are written down beforehand.
private final class ScriptedTerminal: LineTerminal {
  var inputs: [RawTerminal.Input]
  var size: (columns: Int, rows: Int)
  var screen: TerminalScreen
  var suspensions = 0
  /// What to do when a `changed` comes.
  var onChange: (ScriptedTerminal) -> Void = { _ in }

  init(_ inputs: [RawTerminal.Input], columns: Int = 40, rows: Int = 24) {
    self.inputs = inputs
    size = (columns, rows)
    screen = TerminalScreen(width: columns)
  }

  func read(waiting milliseconds: Int32?) -> RawTerminal.Input {
    guard !inputs.isEmpty else { return milliseconds == nil ? .end : .nothing }
    let input = inputs.removeFirst()
    if input == .changed { onChange(self) }
    return input
  }

  func write(_ text: String) { screen.write(text) }
  func suspend() { suspensions += 1 }
}

@Suite("the line editor")
struct LineEditorTests {
  private static let prompt = LineEditor.Prompt(text: "1> ", styled: "\u{1B}[1m1> \u{1B}[0m")

  private func keys(_ text: String) -> RawTerminal.Input { .bytes(Array(text.utf8)) }

  private func read(
    _ keys: String, history: [String] = [], columns: Int = 40
  ) -> (LineEditor.Outcome, ScriptedTerminal) {
    let terminal = ScriptedTerminal([self.keys(keys)], columns: columns)
    var editor = LineEditor(terminal, history: LineHistory(history)) { beginning in
      ["/explain", "/exit", "/undo"].filter { $0.hasPrefix(beginning) && !beginning.isEmpty }
    }
    return (editor.readLine(Self.prompt), terminal)
  }

  @Test(
    "keys edit as they do in a shell",
    arguments: [
      ("abc\r", "abc"), ("abc\u{7F}d\r", "abd"), ("ac\u{1B}[Db\r", "abc"), ("bc\u{01}a\u{05}d\r", "abcd"),
      ("bc\u{1B}[Ha\u{1B}[Fd\r", "abcd"), ("bc\u{1B}[1~a\u{1B}[4~d\r", "abcd"), ("bc\u{1B}OHa\r", "abc"),
      ("axb\u{1B}[D\u{1B}[D\u{1B}[3~\r", "ab"), ("abc\u{02}\u{02}\u{0B}\r", "a"), ("abc\u{02}\u{15}\r", "c"),
      ("one two  \u{17}x\r", "one x"), ("one two\u{17}\u{19}\u{19}\r", "one twotwo"), ("ab\u{14}\r", "ba"),
      ("one two\u{1B}b\u{1B}dx\r", "one x"), ("one two\u{1B}[1;5D\u{1B}[1;5Dx\r", "xone two"),
      ("a.b\u{1B}\u{7F}\r", ""), ("abc\u{01}\u{04}\r", "bc"), ("ab\u{1B}[99z\u{1B}[200;5xc\r", "abc"),
      ("日本語\u{1B}[D\u{7F}\r", "日語"), ("e\u{301}x\u{7F}\u{7F}\r", ""), ("👩‍👩‍👧x\u{02}\u{7F}\r", "x"),
      ("a\u{1B}[200~b\nc\td\u{1B}[201~e\r", "ab c de"), ("a\u{1B}[200~\u{1B}[31m\u{1B}[201~b\r", "a[31mb"),
      ("/un\t\r", "/undo "), ("/ex\tx\r", "/exx"), ("/\tx\r", "/x"), ("q\t\r", "q"),
    ])
  func editing(keys: String, line: String) {
    let (outcome, terminal) = read(keys)
    #expect(outcome == .line(line))
    #expect(terminal.screen.text == ["1> " + line, ""].map { $0.hasSuffix(" ") ? String($0.dropLast()) : $0 })
    #expect(terminal.screen.unknown.isEmpty)
  }

  @Test("^C gives the line up, ^D on an empty one ends, and so does a terminal that is gone")
  func endings() {
    #expect(read("abc\u{03}").0 == .interrupted)
    #expect(read("abc\u{03}").1.screen.text == ["1> abc^C", ""])
    #expect(read("\u{04}").0 == .end)
    #expect(read("a\u{7F}\u{04}").0 == .end)
    #expect(read("abc").0 == .end)
  }

  @Test("Up and Down walk through the history, whose lines may be changed; what was being written stays at its end")
  func history() {
    let lines = ["first", "second"]
    #expect(read("\u{1B}[A\r", history: lines).0 == .line("second"))
    #expect(read("\u{1B}[A\u{1B}[A\u{1B}[A\r", history: lines).0 == .line("first"))
    #expect(read("new\u{1B}[A\u{1B}[B!\r", history: lines).0 == .line("new!"))
    #expect(read("\u{10}x\u{10}\u{0E}\r", history: lines).0 == .line("secondx"))
    #expect(read("\u{1B}[B\r", history: lines).0 == .line(""))
    var history = LineHistory(["a", "a", " ", "b\u{1B}[31m\tc"])
    #expect(history.lines == ["a", "b[31m c"])
    for i in 0..<2000 { history.add("\(i)") }
    #expect(history.lines.count == 1000 && history.lines.last == "1999")
  }

  @Test("^R finds the newest line with what is typed, then older ones; the key that ends it does what it does")
  func search() {
    let lines = ["git reset", "git commit", "apt install"]
    #expect(read("\u{12}git\r", history: lines).0 == .line("git commit"))
    #expect(read("\u{12}git\u{12}\r", history: lines).0 == .line("git reset"))
    #expect(read("\u{12}git\u{12}\u{12}\r", history: lines).0 == .line("git reset"), "no older one")
    #expect(read("\u{12}gitz\u{7F}\u{01}x\r", history: lines).0 == .line("xgit commit"))
    #expect(read("ab\u{12}git\u{03}c\r", history: lines).0 == .line("abc"))
    #expect(read("ab\u{12}zebra\r", history: lines).0 == .line("ab"))
    let terminal = ScriptedTerminal([keys("\u{12}rese")])
    var editor = LineEditor(terminal, history: LineHistory(lines))
    _ = editor.readLine(Self.prompt)
    #expect(terminal.screen.text.contains { $0.contains("git reset") })
  }

  @Test("a sequence and a character that come in parts are one; an Escape that nothing follows is a key")
  func parts() {
    var inputs: [RawTerminal.Input] = Array("é\u{1B}[D日\u{1B}[200~p\u{1B}[201~\r".utf8).map { .bytes([$0]) }
    let terminal = ScriptedTerminal(inputs)
    var editor = LineEditor(terminal)
    #expect(editor.readLine(Self.prompt) == .line("日pé"))
    inputs = [keys("a\u{1B}"), .nothing, keys("b\u{FF}"), keys("\r")]
    inputs.insert(.bytes([0xC3]), at: 3)
    inputs.insert(.nothing, at: 4)
    let other = ScriptedTerminal(inputs)
    var second = LineEditor(other)
    #expect(second.readLine(Self.prompt) == .line("ab\u{FF}\u{FFFD}"))
  }

  @Test("keys that come together are two lines where there are two")
  func twoLines() {
    let terminal = ScriptedTerminal([keys("one\rtwo\r")])
    var editor = LineEditor(terminal)
    #expect(editor.readLine(Self.prompt) == .line("one"))
    #expect(editor.readLine(Self.prompt) == .line("two"))
    #expect(terminal.screen.text == ["1> one", "1> two", ""])
  }

  @Test("a long line is broken where the window ends, also before a wide character, with the cursor where it belongs")
  func wrapping() {
    let text = String(repeating: "0123456789", count: 3)
    let (outcome, terminal) = read(text + "\u{01}x\r", columns: 10)
    #expect(outcome == .line("x" + text))
    #expect(terminal.screen.text == ["1> x012345", "6789012345", "6789012345", "6789", ""])
    let wide = read("abcdef日本\u{02}|\r", columns: 10)
    #expect(wide.1.screen.text == ["1> abcdef", "日|本", ""])
    // The line fills its row: what is typed next begins the second.
    let full = ScriptedTerminal([keys("0123456")], columns: 10)
    var editor = LineEditor(full)
    _ = editor.readLine(Self.prompt)
    #expect(full.screen.text == ["1> 0123456", "", ""])
    for width in 2...12 {
      let layout = LineLayout(Array("ab日cd語"), cursor: 3, indent: 3, width: width)
      #expect(layout.rows.joined() == "ab日cd語")
      #expect(layout.cursorColumn < width)
    }
  }

  @Test("a window that changes its size has the line drawn anew, whatever the terminal did to the old rows")
  func resizing() {
    let terminal = ScriptedTerminal([keys("0123456789"), .changed, keys("!\r")], columns: 40)
    terminal.onChange = { terminal in
      // A terminal that breaks what is too long for it, as most do.
      terminal.size.columns = 8
      terminal.screen = TerminalScreen(width: 8)
      terminal.screen.write("1> 0123456789")
    }
    var editor = LineEditor(terminal)
    #expect(editor.readLine(Self.prompt) == .line("0123456789!"))
    #expect(terminal.screen.text == ["1> 01234", "56789!", ""])
  }

  @Test("^Z leaves the terminal to the shell and comes back to the line")
  func suspension() {
    let (outcome, terminal) = read("abc\u{1A}d\r")
    #expect(outcome == .line("abcd") && terminal.suspensions == 1)
    #expect(terminal.screen.text == ["1> abc^Z", "1> abcd", ""])
  }

  @Test("a line higher than the window shows the part around the cursor")
  func higherThanTheWindow() {
    let terminal = ScriptedTerminal([keys(String(repeating: "0123456789", count: 9) + "end")], columns: 10, rows: 3)
    var editor = LineEditor(terminal)
    _ = editor.readLine(Self.prompt)
    #expect(terminal.screen.text == ["7890123456", "7890123456", "789end", ""])
  }
}
