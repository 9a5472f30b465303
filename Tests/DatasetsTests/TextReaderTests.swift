import TestSupport
import Testing

@testable import Datasets

@Suite("Reading plain text and Markdown")
struct TextReaderTests {
  private func text(_ source: String) -> StructuredDocument {
    PlainTextReader.read(Array(source.utf8), fallbackTitle: "file")
  }

  private func markdown(_ source: String) -> StructuredDocument {
    MarkdownReader.read(Array(source.utf8), fallbackTitle: "file")
  }

  private func blocks(_ document: StructuredDocument) -> [String] { document.sections.flatMap(\.blocks).map(\.text) }

  @Test("underlines make headings, by the order of their characters")
  func underlines() {
    let document = text("Title\n=====\n\nlead\n\nOne\n---\nfirst\nline\n\nSub\n~~~\nx\n\nTwo\n---\ny\n")
    #expect(document.title == "Title")
    #expect(document.sections.map(\.headings) == [[], ["One"], ["One", "Sub"], ["Two"]])
    #expect(blocks(document) == ["lead", "first line", "x", "y"])
  }

  @Test("equal signs and numbers make headings")
  func headings() {
    #expect(text("= T\n\na\n\n== S\n\nb\n").sections.map(\.headings) == [[], ["S"]])
    let document = text("intro\n\n1.5. What is the difference\nbetween these?\n\n    They differ.\n")
    #expect(document.sections.map(\.headings) == [[], ["What is the difference between these?"]])
  }

  @Test("list items, columns and fences keep their form")
  func forms() {
    let document = text(
      "Do:\n\n- one\n  more\n- two\n\na   1   x\nbb  22  y\n\n----\ncode  here\n----\n\n(1) first\n(2) second\n")
    #expect(blocks(document) == ["Do:", "one more", "two", "a   1   x\nbb  22  y", "code  here", "first", "second"])
    #expect(document.sections[0].blocks.map(\.kind).contains(.preformatted))
  }

  @Test("Markdown's headings, lists, code, tables and quotes")
  func markdownBlocks() {
    let document = markdown(
      """
      ---
      title: "T"
      ---
      # One #
      A *long* paragraph
      over lines.

      Two
      ---
      - a
      - b `x*y`
        more

      1. c

      ```sh
      make  all
      ```

          indented

      | h | i |
      |---|---|
      | 1 | 2 |

      > quoted
      <!-- hidden
      text -->
      ***
      end
      """)
    #expect(document.title == "T")
    #expect(document.sections.map(\.headings) == [["One"], ["One", "Two"]])
    #expect(
      blocks(document) == [
        "A long paragraph over lines.", "a", "b x*y more", "c", "make  all", "indented", "h | i", "1 | 2", "quoted",
        "end",
      ])
  }

  @Test(
    "Markdown's inline marks go, the words stay",
    arguments: [
      ("[text](http://a.b/c) and ![img](x.png)", "text and img"),
      ("**b** _i_ snake_case 2 * 3", "b i snake_case 2 * 3"),
      ("``a`b`` &amp; &copy;", "a`b & ©"), ("<b>x</b> <https://e.org> a < b", "x https://e.org a < b"),
      ("\\*not\\* [ref][1] ~~gone~~", "*not* ref gone"), ("`open", "`open"),
      ("****a ~~~b __init__ ***", "****a ~~~b init ***"),
    ])
  func inline(source: String, expected: String) {
    #expect(MarkdownInline.plain(source) == expected)
  }

  @Test(
    "eight times as many marks take about eight times as long",
    arguments: ["*", "_", "~", "`", "[", "![", "<", "&", "\\", "> ", "#"])
  func marks(mark: String) {
    let (few, many) = (seconds(reading: mark, count: 8_000), seconds(reading: mark, count: 64_000))
    #expect(many < 32 * few + 0.1, "\(few) and \(many) seconds")
  }

  @Test("eight times as many headings without a blank line take about eight times as long")
  func noBlankLine() {
    func seconds(_ count: Int) -> Double {
      let source = String(repeating: "Title\n=====\nbody\n", count: count)
      return ProcessorTime.of { #expect(text(source).sections.count == count) }
    }
    let (few, many) = (seconds(500), seconds(4000))
    #expect(many < 32 * few + 0.1, "\(few) and \(many) seconds")
  }

  private func seconds(reading mark: String, count: Int) -> Double {
    let source = String(repeating: mark, count: count) + "a"
    return ProcessorTime.of { _ = markdown(source) }
  }

  @Test("any text is read, twice the same")
  func anyText() {
    let lines = [
      "", "===", "---", "- a", "  b", "    c", "1. d", "```", "| e |", "# f", "----", "g", "<!--", "\t\u{A0}h", "*** i",
      "0.1. j",
    ]
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      let source = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
        lines[Int.random(in: 0..<lines.count, using: &random)]
      }.joined(separator: "\n")
      #expect(text(source) == text(source), "seed \(seed)")
      #expect(markdown(source) == markdown(source), "seed \(seed)")
    }
  }
}
