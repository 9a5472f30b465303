import TestSupport
import Testing
import WordPiece

@Suite("Encoding")
struct EncodingTests {
  @Test(
    "a literal [SEP] is the separator, a lowercase one is text",
    .enabled(if: DemoModel.folder != nil, "the demo model is not installed"))
  func literalSeparator() throws {
    let tokenizer = try #require(DemoModel.tokenizer)
    let encoding = tokenizer.encode("a [SEP] b [sep]")
    #expect(encoding.ids == [101, 1037, 102, 1038, 1031, 19802, 1033, 102])
    #expect(encoding.offsets == [0..<0, 0..<1, 2..<7, 8..<9, 10..<11, 11..<14, 14..<15, 0..<0])
  }
}
