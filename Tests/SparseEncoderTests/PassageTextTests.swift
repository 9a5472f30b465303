import Conversations
import Diagnostics
import Testing

@testable import SparseEncoder

@Suite("The words of a passage")
struct PassageTextTests {
  struct Case: Sendable {
    var template: String
    var title: String
    var text: String
    var words: String
  }

  @Test(
    "an empty part goes away with the words before it",
    arguments: [
      Case(template: "{title} {text}", title: "A", text: "b", words: "A b"),
      Case(template: "{title} {text}", title: "", text: "b", words: "b"),
      Case(template: "{title} {text}", title: "A", text: "", words: "A"),
      Case(template: "{title} {text}", title: "", text: "", words: ""),
      Case(template: "{title}. {text}", title: "A", text: "b", words: "A. b"),
      Case(template: "{title}. {text}", title: "", text: "b", words: "b"),
      Case(template: "{text}", title: "A", text: "b", words: "b"),
      Case(template: "passage: {text} ({title})", title: "A", text: "b", words: "passage: b (A)"),
      Case(template: "{title}{title} {text}", title: "é", text: "{text}", words: "éé {text}"),
    ])
  func words(_ case: Case) throws {
    let passage = Passage(id: "1", title: `case`.title, text: `case`.text)
    #expect(try PassageText(`case`.template).words(of: passage) == `case`.words)
  }

  @Test(
    "templates that cannot be meant are refused",
    arguments: ["", "text", "{", "{text", "text}", "{body}", "{}", "{ text }"])
  func refuses(_ template: String) {
    #expect(throws: ParlanceError.self) { try PassageText(template) }
  }

  @Test("the standard template is the one that its words say")
  func standard() throws {
    #expect(try PassageText("{title} {text}") == .standard)
  }
}
