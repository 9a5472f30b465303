import Conversations
import Diagnostics
import TestSupport
import StrictJSON
import Testing

@testable import Datasets

@Suite("Cutting documents into passages")
struct SplittingTests {
  private func passages(_ html: String, target: Int = 8, maximum: Int = 16) -> [Passage] {
    let document = HTMLReader.read(Array(html.utf8), fallbackTitle: "file")
    return PassageSplitter(targetWords: target, maximumWords: maximum).passages(of: document, path: "a/b.html")
  }

  @Test("ids name the section and the term, titles the way to it")
  func idsAndTitles() {
    let passages = passages(
      """
      <html><head><title>Tool</title></head><body><h1>Tool</h1><p>What it is for, said in one short sentence.</p>
      <h2 id="opts">OPTIONS</h2><dl>
      <dt>-v</dt><dt>--verbose</dt><dd><p>Say more about what is going on here.</p></dd>
      <dt>-q</dt><dd>Say less about everything that is going on.</dd></dl>
      <h3>More things</h3><p>Words words words words words words words words.</p>
      <p>Again words words words words words words words.</p></body></html>
      """)
    #expect(
      passages.map(\.id.string) == [
        "a/b.html", "a/b.html#opts/--verbose", "a/b.html#opts/-q", "a/b.html#more-things", "a/b.html#more-things.2",
      ])
    #expect(
      passages.map(\.title) == [
        "Tool", "Tool > OPTIONS", "Tool > OPTIONS", "Tool > OPTIONS > More things", "Tool > OPTIONS > More things",
      ])
    #expect(passages[1].text == "-v, --verbose: Say more about what is going on here.")
    #expect(passages[4].metadata == ["source": .string("a/b.html"), "section": .string("OPTIONS > More things")])
  }

  @Test("a change in one section, or of one entry of a list, leaves the other ids as they are")
  func stability() {
    func page(_ extra: String, _ entry: String) -> String {
      """
      <title>T</title><h2>First</h2><p>One two three four five six seven.</p>\(extra)
      <h2>Second</h2><p>Eight nine ten eleven twelve thirteen fourteen.</p><dl>
      <dt>a.b</dt><dd>one two three four five six seven</dd>\(entry)
      <dt>c.d</dt><dd>one two three four five six eight</dd></dl>
      """
    }
    let before = Set(passages(page("", "")).map(\.id))
    let after = Set(
      passages(page("<p>New words that were not here before at all.</p>", "<dt>b.x</dt><dd>a b c d e f g h</dd>"))
        .map(\.id))
    #expect(before.isSubset(of: after))
    #expect(after.count == before.count + 2)
  }

  @Test("a sentence is cut only where it alone exceeds the maximum")
  func sentences() {
    let long = (1...40).map { "W\($0)" }.joined(separator: " ")
    let text = "Short one here. Another short one, e.g. this one. " + long + ". The end of it."
    let passages = passages("<p>\(text)</p>", target: 8, maximum: 12)
    #expect(passages.allSatisfy { $0.text.wordCount <= 12 })
    #expect(passages.map(\.text).joined(separator: " ") == text)
    #expect(passages[0].text == "Short one here. Another short one, e.g. this one.")
  }

  @Test("small neighbours come together within a section, never across a heading")
  func merging() {
    let passages = passages("<h2>A</h2><p>one two</p><p>three four</p><p>five six</p><h2>B</h2><p>seven</p>")
    #expect(passages.map(\.text) == ["one two\n\nthree four\n\nfive six", "seven"])
  }

  @Test("what announces code or a list stays with it")
  func announcements() {
    let passages = passages(
      "<p>First some words that stand alone here.</p><p>Then run this one:</p><pre>make all\nmake install</pre>")
    #expect(
      passages.map(\.text) == [
        "First some words that stand alone here.", "Then run this one:\n\nmake all\nmake install",
      ])
  }

  @Test("blank lines of a long preformatted text, however many, stay with the line above them")
  func blankLines() {
    let lines = (0..<5).map { "line \($0) of the text" }.joined(separator: "\n")
    let text = lines + String(repeating: "\n", count: 1000) + "  \nend"
    let atoms = Atom.atoms(of: [Block(kind: .preformatted, text: text, depth: 0)], maximumWords: 10)
    #expect(atoms.map(\.words) == [5, 5, 5, 5, 5, 1])
    #expect(atoms.map { $0.separator + $0.text }.joined() == text)
  }

  @Test(
    "whatever the document, passages keep to the maximum, in order, without loss, under distinct ids without white space"
  )
  func properties() {
    for seed in UInt64(1)...200 {
      var random = SeededGenerator(seed: seed)
      let words = ["alpha", "beta.", "Gamma", "delta,", "e.g.", "Zeta!", "x:", "(eta)", "naïve", "日本", "--flag"]
      let tags = [
        "<p>", "<li>", "<ul>", "</ul>", "<pre>", "</pre>", "<h2>", "</h2>", "<dt>", "<dd>", "<td>", "<table><tr>",
      ]
      var html = ""
      for _ in 0..<Int.random(in: 0..<300, using: &random) {
        let isTag = Int.random(in: 0..<5, using: &random) == 0
        html += (isTag ? tags : words)[Int.random(in: 0..<(isTag ? tags.count : words.count), using: &random)] + " "
      }
      let document = HTMLReader.read(Array(html.utf8), fallbackTitle: "t")
      let maximum = 4 + Int.random(in: 0..<40, using: &random)
      let passages = PassageSplitter(targetWords: maximum / 2, maximumWords: maximum)
        .passages(of: document, path: "a b/c\u{A0}d.html")
      #expect(Set(passages.map(\.id)).count == passages.count, "seed \(seed)")
      #expect(passages.allSatisfy { $0.id.string.allSatisfy { !$0.isWhitespace } }, "seed \(seed)")
      #expect(passages.allSatisfy { $0.text.wordCount <= maximum + 1 }, "seed \(seed)")
      let source = document.sections.flatMap(\.blocks).flatMap { $0.text.split(whereSeparator: \.isWhitespace) }
      let cut = passages.flatMap { $0.text.split(whereSeparator: \.isWhitespace) }
      let letters = { (word: Substring) in word.contains { $0.isLetter } }
      #expect(source.filter(letters) == cut.filter(letters), "seed \(seed)")
    }
  }
}
