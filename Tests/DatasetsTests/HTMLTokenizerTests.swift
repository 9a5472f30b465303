import TestSupport
import Testing

@testable import Datasets

@Suite("Cutting HTML into tokens")
struct HTMLTokenizerTests {
  private func tokens(_ html: String, isXML: Bool = false) -> [HTMLToken] {
    var tokenizer = HTMLTokenizer(Array(html.utf8), isXML: isXML)
    var tokens: [HTMLToken] = []
    while let token = tokenizer.next() { tokens.append(token) }
    return tokens
  }

  private func start(_ name: String, _ attributes: [String: String] = [:], closing: Bool = false) -> HTMLToken {
    .start(HTMLTag(name: name, attributes: attributes, isSelfClosing: closing))
  }

  @Test(
    "tags, attributes and text, well formed or not",
    arguments: [
      ("<p>a</P>", [HTMLToken.start(HTMLTag(name: "p")), .text("a"), .end("p")]),
      ("<a href=x TITLE='y z' b>", [.start(HTMLTag(name: "a", attributes: ["href": "x", "title": "y z", "b": ""]))]),
      ("<a x=1 x=2>", [.start(HTMLTag(name: "a", attributes: ["x": "1"]))]),
      ("<br/>", [.start(HTMLTag(name: "br", isSelfClosing: true))]),
      ("a < b", [.text("a "), .text("< b")]),
      ("a<3", [.text("a"), .text("<3")]),
      ("</>x", [.text("x")]),
      ("</3>x", [.text("x")]),
      ("<!-- a -- b --!>x", [.text("x")]),
      ("<!-->x", [.text("x")]),
      ("<!DOCTYPE html>x<?php ?>y", [.text("x"), .text("y")]),
      ("x<p", [.text("x")]),
      ("x</", [.text("x"), .text("</")]),
      ("<![CDATA[a]]>b", [.text("b")]),
      (
        "<script>if (a<b) '</p>'</script >x",
        [
          .start(HTMLTag(name: "script")), .text("if (a<b) '</p>'"), .end("script"), .text("x"),
        ]
      ),
      ("<title>A &amp; <b></title>", [.start(HTMLTag(name: "title")), .text("A & <b>"), .end("title")]),
      ("<style>a", [.start(HTMLTag(name: "style")), .text("a")]),
    ])
  func markup(html: String, expected: [HTMLToken]) {
    #expect(tokens(html) == expected)
  }

  @Test("in XHTML, CDATA is text and an empty script ends itself")
  func xhtml() {
    #expect(tokens("<![CDATA[a<b]]>", isXML: true) == [.text("a<b")])
    #expect(tokens("<script src='x'/>y", isXML: true) == [start("script", ["src": "x"], closing: true), .text("y")])
  }

  @Test(
    "character references as the standard reads them",
    arguments: [
      ("&amp;&lt;&gt;&quot;", "&<>\""), ("&nbsp;", "\u{A0}"), ("&hellip;", "…"), ("&notit;", "¬it;"), ("&notin;", "∉"),
      ("&copy2", "©2"), ("&#8230;", "…"), ("&#x2026", "…"), ("&#X41;", "A"), ("&#150;", "–"), ("&#0;", "\u{FFFD}"),
      ("&#xD800;", "\u{FFFD}"), ("&#99999999999999999999;", "\u{FFFD}"), ("&#;", "&#;"), ("&#x;", "&#x;"), ("&", "&"),
      ("& ", "& "), ("&nosuch;", "&nosuch;"), ("&CounterClockwiseContourIntegral;", "∳"), ("&NotEqualTilde;", "≂̸"),
    ])
  func references(html: String, expected: String) {
    let text = tokens(html).map { token in if case .text(let text) = token { text } else { "" } }.joined()
    #expect(Array(text.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test("an old name without its semicolon is no reference before a letter in an attribute")
  func attributeReferences() {
    #expect(tokens("<a href='?a=1&copy=2&lt;'>") == [start("a", ["href": "?a=1&copy=2<"])])
  }

  @Test("any bytes give tokens, in the end none, and reading them again gives the same")
  func anyBytes() {
    let pieces = [
      "<", ">", "</", "&", "#", "x", "\"", "'", "=", "!--", "-->", "script", "p", " ", "\u{0}", "é", ";", "]]>",
    ]
    for seed in UInt64(1)...300 {
      var random = SeededGenerator(seed: seed)
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<200, using: &random) {
        if Int.random(in: 0..<8, using: &random) == 0 {
          bytes.append(UInt8(truncatingIfNeeded: random.next()))
        } else {
          bytes += Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8)
        }
      }
      for isXML in [false, true] {
        var (first, second) = (HTMLTokenizer(bytes, isXML: isXML), HTMLTokenizer(bytes, isXML: isXML))
        var count = 0
        while let token = first.next() {
          #expect(second.next() == token, "seed \(seed)")
          count += 1
        }
        #expect(count <= bytes.count && second.next() == nil, "seed \(seed)")
      }
      _ = HTMLReader.read(bytes, fallbackTitle: "seed \(seed)")
    }
  }
}
