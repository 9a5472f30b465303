import Testing

@testable import Reports

@Suite("Tables")
struct TableTests {
  static func sample() -> Table {
    var table = Table(
      title: "Figures", columns: [.label("run"), .figure("nDCG@3"), .figure("R@100")], notes: ["A note."])
    table.rows = [
      [Table.Cell("bm25", mark: .baseline), .figure(0.2004), .figure(0.7)],
      ["splade", .figure(0.256, mark: .better), .figure(0.7001, mark: .worse)],
      ["short"],
    ]
    table.markBest(inColumn: 1, of: [0.2004, 0.256, nil])
    table.markBest(inColumn: 2, of: [0.7, 0.7001, nil])
    table.legend = [.init(.better, "better")]
    return table
  }

  @Test("names that would control a terminal do not")
  func controls() {
    var table = Table(columns: [.label("run")], notes: ["of a\u{1B}[31m"])
    table.rows = [["r\u{1B}[31m\u{202E}"]]
    #expect(table.text().unicodeScalars.allSatisfy { $0.value != 0x1B && $0.value != 0x202E })
    #expect(table.text().contains("r [31m") && table.text().contains("of a [31m"), "\(table.text())")
  }

  @Test("as text: aligned, marks in a column of their own, no escapes off a terminal")
  func text() {
    #expect(
      Self.sample().text() == """
        Figures
        run      nDCG@3   R@100
        ───────  ───────  ──────
        bm25◦     0.200   0.700
        splade    0.256▲  0.700▼
        short
        ▲ better
        A note.

        """)
  }

  @Test("as ASCII")
  func ascii() {
    #expect(
      Self.sample().text(TextStyle(isUTF8: false)) == """
        Figures
        run      nDCG@3   R@100
        -------  -------  ------
        bm25*     0.200   0.700
        splade    0.256+  0.700-
        short
        + better
        A note.

        """)
  }

  @Test("on a terminal the title and the best figures are bold, equal ones all")
  func bold() {
    let lines = Self.sample().text(TextStyle(isTerminal: true)).split(separator: "\n")
    #expect(lines[0] == "\u{1B}[1mFigures\u{1B}[0m")
    #expect(lines[3] == "bm25◦     0.200   \u{1B}[1m0.700\u{1B}[0m")
    #expect(lines[4] == "splade    \u{1B}[1m0.256\u{1B}[0m▲  \u{1B}[1m0.700\u{1B}[0m▼")
  }

  @Test("as Markdown, with markup characters escaped")
  func markdown() {
    var table = Self.sample()
    table.rows.append(["a|b_c*<i>"])
    #expect(
      table.markdown() == """
        **Figures**

        | run | nDCG@3 | R@100 |
        | :--- | ---: | ---: |
        | bm25◦ | 0.200 | **0.700** |
        | splade | **0.256**▲ | **0.700**▼ |
        | short |  |  |
        | a\\|b\\_c\\*\\<i\\> |  |  |

        - ▲ better
        - A note.

        """)
  }

  @Test("markup with an accent behind it is one character in Swift, and markup all the same")
  func accents() {
    #expect(Table.markdownEscaped("a|\u{301}b") == "a\\|\u{301}b")
    #expect(Table.markdownEscaped("a\r\nb\nc") == "a b c")
  }

  @Test("as HTML, with everything escaped")
  func html() {
    var table = Self.sample()
    table.title = "<script>"
    table.rows = [[Table.Cell("\"a\" & 'b'"), .figure(0.5, mark: .better)]]
    table.rows[0][1].isBest = true
    table.notes = ["1 < 2"]
    #expect(
      table.html() == """
        <table class="figures">
        <caption>&lt;script&gt;</caption>
        <thead>
        <tr><th scope="col">run</th><th scope="col" class="figure">nDCG@3</th><th scope="col" class="figure">R@100</th></tr>
        </thead>
        <tbody>
        <tr><td>&quot;a&quot; &amp; &#39;b&#39;</td><td class="figure"><strong>0.500</strong><sup>▲</sup></td><td class="figure"></td></tr>
        </tbody>
        </table>
        <p class="note">▲ better</p>
        <p class="note">1 &lt; 2</p>

        """)
  }

  @Test("a table too wide for the screen wraps its names, then continues in blocks below")
  func narrow() {
    var table = Table(columns: [.label("run")] + (1...6).map { .figure("nDCG@\($0)00") })
    table.rows = [
      [Table.Cell("splade-tiny/last-turn/seed-17")] + (1...6).map { .figure(Double($0) / 10) },
      [Table.Cell("bm25")] + (1...6).map { .figure(Double($0) / 20) },
    ]
    #expect(
      table.text(TextStyle(width: 44)) == """
        run             nDCG@100  nDCG@200  nDCG@300
        ──────────────  ────────  ────────  ────────
        splade-tiny/       0.100     0.200     0.300
        last-turn/
        seed-17
        bm25               0.050     0.100     0.150

        run             nDCG@400  nDCG@500  nDCG@600
        ──────────────  ────────  ────────  ────────
        splade-tiny/       0.400     0.500     0.600
        last-turn/
        seed-17
        bm25               0.200     0.250     0.300

        """)
  }

  @Test("no line is wider than the screen", arguments: [40, 44, 60, 80, 132])
  func width(columns: Int) {
    var table = Table(
      title: "A title that is longer than the narrowest of the screens",
      columns: [.label("run")] + (1...12).map { .figure("m\($0)") }, notes: [String(repeating: "long note ", count: 20)]
    )
    table.rows = (0..<3).map { row in
      [Table.Cell(String(repeating: "日本語", count: row * 6))] + (1...12).map { .figure(Double($0) / 13) }
    }
    for line in table.text(TextStyle(width: columns)).split(separator: "\n") {
      #expect(displayWidth(String(line)) <= columns, "\(line)")
    }
  }

  @Test("the best is not marked in a single row or where no row has a value")
  func noBest() {
    var table = Table(columns: [.label("run"), .figure("x")], rows: [["a", .figure(1)]])
    table.markBest(inColumn: 1, of: [1])
    #expect(table.rows[0][1].isBest == false)
    table.rows.append(["b"])
    table.markBest(inColumn: 1, of: [nil, nil])
    #expect(table.rows[0][1].isBest == false)
  }
}

@Suite("JSON in order")
struct OrderedJSONTests {
  @Test("keys keep their order, short blocks stand on one line, long ones are indented")
  func layout() {
    let document = OrderedJSON.object([
      ("b", 1), ("a", nil), ("name", "x\"\\\n\u{1}é"), ("ok", .bool(true)), ("none", .number(.infinity)),
      ("list", .array((0..<30).map { .integer(1000 + $0) })), ("empty", .array([])), ("tiny", 1e-7),
    ])
    #expect(
      document.text.hasPrefix(
        """
        {
          "b": 1,
          "name": "x\\"\\\\\\n\\u0001é",
          "ok": true,
          "none": null,
          "list": [
            1000,
        """))
    #expect(document.text.hasSuffix("  \"empty\": [],\n  \"tiny\": 1e-07\n}"))
    #expect(OrderedJSON.object([("b", 1), ("a", 0.5)]).text == "{\"b\": 1, \"a\": 0.5}")
  }
}
