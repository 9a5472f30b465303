import Testing

@testable import Datasets

@Suite("Bringing bytes into UTF-8")
struct TextDecodingTests {
  private func decode(_ bytes: [UInt8], _ format: DocumentFormat = .plainText) -> (
    text: String, encoding: String, isGuess: Bool
  )? {
    TextDecoding(bytes, format: format).map { (String(decoding: $0.text, as: UTF8.self), $0.encoding, $0.isGuess) }
  }

  @Test("UTF-8 with and without a mark, UTF-16 by its mark")
  func unicode() throws {
    #expect(try #require(decode(Array("é\r\nx\ry".utf8))) == ("é\nx\ny", "utf-8", false))
    #expect(try #require(decode([0xEF, 0xBB, 0xBF, 0x61])) == ("a", "utf-8", false))
    #expect(try #require(decode([0xFF, 0xFE, 0x61, 0, 0xE9, 0])) == ("aé", "utf-16", false))
    #expect(try #require(decode([0xFE, 0xFF, 0, 0x61, 0, 0xE9])) == ("aé", "utf-16", false))
  }

  @Test("Latin 1 is a guess where nothing says so, and none where HTML says so")
  func latin1() throws {
    #expect(try #require(decode([0x61, 0xE9, 0x93])) == ("aé“", "windows-1252", true))
    let html = Array("<meta http-equiv=Content-Type content='text/html; charset=ISO-8859-1'>".utf8) + [0xE9]
    let decoded = try #require(decode(html, .html))
    #expect(decoded.text.hasSuffix("é") && !decoded.isGuess)
    let latin9 = try #require(decode(Array("<meta charset=iso-8859-15>".utf8) + [0xA4], .html))
    #expect(latin9.text.hasSuffix("€"))
  }

  @Test("what is no text is told from what is")
  func binary() {
    #expect(decode([0x7F, 0x45, 0x4C, 0x46, 0]) == nil)
    #expect(decode([1, 2, 3, 4]) == nil)
    #expect(decode([]) != nil)
  }
}
