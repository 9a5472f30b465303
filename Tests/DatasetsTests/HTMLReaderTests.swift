import Testing

@testable import Datasets

@Suite("Reading HTML as sections of blocks")
struct HTMLReaderTests {
  private func read(_ html: String) -> StructuredDocument {
    HTMLReader.read(Array(html.utf8), fallbackTitle: "file")
  }

  private func texts(_ html: String) -> [String] { read(html).sections.flatMap(\.blocks).map(\.text) }

  @Test("the title is the title element's, else the first heading's, else the file's")
  func titles() {
    #expect(read("<title> A\n B </title><h1>C</h1><p>x").title == "A B")
    #expect(read("<h1>C</h1><p>x").title == "C")
    #expect(read("<p>x").title == "file")
  }

  @Test("sections follow the headings' levels; numbers are no part of a heading")
  func sections() {
    let document = read(
      "<title>T</title><h1>T</h1><p>a<h2 id=one>4.1. One</h2><p>b<h4>Deep</h4><p>c<h2><a name='two'></a>Two</h2><p>d")
    #expect(document.sections.map(\.headings) == [[], ["One"], ["One", "Deep"], ["Two"]])
    #expect(document.sections.map(\.anchor) == ["", "one", "deep", "two"])
  }

  @Test("a section's id serves where its heading has none, a tool's running number never")
  func anchors() {
    #expect(read("<div id='sec'><h2>A b</h2><p>x</div>").sections[0].anchor == "sec")
    #expect(read("<div class='section'><h2><a id='idm1783'/>A b</h2><p>x</div>").sections[0].anchor == "a-b")
    #expect(read("<h2 id='a b%'>X</h2><p>x").sections[0].anchor == "a%20b%25")
  }

  @Test("scripts, styles, navigation, tables of contents, footers and hidden parts are left out")
  func leftOut() {
    #expect(
      texts(
        """
        <head><style>p{}</style><script>var a = "<p>no</p>";</script></head><body><nav><p>no</nav>
        <div class="toc"><dl><dt>no</dt></dl></div><div id="footer">no</div><p hidden>no</p><noscript>no</noscript>
        <div class="navheader"><table><tr><td>no</td></tr></table></div><select><option>no</select><p>yes</p></body>
        """) == ["yes"])
  }

  @Test("paragraphs, items and cells end where the standard says, without their end tags")
  func impliedEnds() {
    #expect(texts("<p>a<p>b<div>c</div>d<ul><li>e<li>f</ul>g") == ["a", "b", "c", "d", "e", "f", "g"])
    #expect(texts("<table><tr><td>a<td>b<tr><td>c</table>d") == ["a | b", "c", "d"])
  }

  @Test("stray and crossed end tags change nothing")
  func strayEnds() {
    #expect(texts("</div><p>a</span></p></p><b><i>b</b></i> c") == ["a", "b c"])
    #expect(texts("<table><tr><td></div>a</p></td></tr></table>") == ["a"])
  }

  @Test("terms stand before what they define, also before a list and without a definition")
  func definitions() {
    #expect(texts("<dl><dt>a<dt>b<dd>c<p>d<dt>e:<dd>f</dl>") == ["a, b: c", "d", "e: f"])
    #expect(texts("<dl><dt>a<dd><ul><li>x<li>y</ul><dt>z</dl>") == ["a: x", "y", "z"])
    let block = read("<dl><dt>--all[=&lt;n&gt;]<dd>c<p>d</dl>").sections[0].blocks[1]
    #expect(block.term == "--all")
  }

  @Test("code keeps its lines, text its words")
  func whiteSpace() {
    #expect(texts("<pre>\n a\n  b  \n\n</pre>") == [" a\n  b"])
    #expect(texts("<p> a\n b&nbsp;c<br>d&shy;e </p>") == ["a b c de"])
    #expect(texts("<p>a<b>b</b> <i> c</i></p>") == ["ab c"])
  }

  @Test("a row of short cells is a line; a row that lays out text gives its blocks")
  func tables() {
    #expect(texts("<table><tr><th>x</th><th></th><th>y</th></tr></table>") == ["x | y"])
    #expect(texts("<table><tr><td>1<td><p>a<p>b</table>") == ["1", "a", "b"])
    #expect(texts("<table><tr><td>o<td><table><tr><td>i<td>j</table></table>") == ["o", "i | j"])
    #expect(texts("<div class=note><table><tr><td>Note<td>Beware.</table></div>") == ["Note: Beware."])
  }

  @Test("elements deeper than a browser allows only pass their text on")
  func depth() {
    let deep = String(repeating: "<div><b><table><tr><td><ul><li><dl><dt>", count: 2_000)
    #expect(texts(deep + "x</b></table></ul>y").joined().contains("x"))
    #expect(texts(String(repeating: "<a>", count: 20_000) + String(repeating: "</b><p>", count: 20_000)) == [])
  }
}
