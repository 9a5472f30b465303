import Conversations
import Diagnostics
import Testing

@testable import Rewriting

@Suite("Prompts")
struct PromptTests {
  static func turn(_ id: String, _ texts: [String]) -> Turn {
    let messages = texts.enumerated().map { Message(role: $0.isMultiple(of: 2) ? .user : .assistant, content: $1) }
    return Turn(id: .init(id), conversation: "c", number: (texts.count + 1) / 2, messages: messages)
  }

  @Test(
    "each prompt of the library reads, asks the turn's question and has a version",
    arguments: PromptTemplate.libraryNames)
  func library(name: String) throws {
    let template = try PromptTemplate(named: name)
    #expect(template.identity == "\(name)/1")
    let messages = template.messages(for: Self.turn("c_2", ["Who built\nit?", "Eiffel.", "When?"]))
    #expect(messages.first?.role == "system" && messages.last?.role == "user")
    #expect(messages.last?.content.contains("user: Who built it?\nsystem: Eiffel.") == true)
    #expect(messages.last?.content.contains("Last question: When?") == true)
    #expect(!messages.contains { $0.content.contains("{{") })
    let first = template.messages(for: Self.turn("c_2", ["When?"]))
    #expect(first.last?.content.contains("(nothing yet)") == true)
  }

  @Test("a prompt gives the label where its last line is the label alone")
  func givenLabel() throws {
    for name in PromptTemplate.libraryNames {
      #expect(try PromptTemplate(named: name).isLabelGiven == (name == "self-contained"), "\(name)")
    }
    for (label, end, isGiven) in [
      ("Query", "Query:", true), ("query:", "**Query:**\n\n", true), ("Query", "*Query:*", true), ("改写", "改写：", true),
      ("Query", "Query", false), ("Query", "Begin with Query:", false), ("Query", "Query: {{question}}", false),
      ("", ":", false), ("Query", "Query:\nin one line", false),
    ] {
      let text = "name: a\nversion: 1\nlabel: \(label)\n=== user\n{{question}}\n\(end)"
      #expect(try PromptTemplate(parsing: text, file: "f").isLabelGiven == isGiven, "\(label), \(end)")
    }
  }

  @Test("a history that is too long keeps whole recent messages, of one that is too long its end")
  func history() {
    let turn = Self.turn("c_2", ["aaaa", "bbbb", "cc", "dd", "?"])
    #expect(HistoryText.of(turn, atMost: 100) == "user: aaaa\nsystem: bbbb\nuser: cc\nsystem: dd")
    #expect(HistoryText.of(turn, atMost: 21) == "user: cc\nsystem: dd")
    #expect(HistoryText.of(turn, atMost: 19) == "system: dd")
    #expect(HistoryText.of(turn, atMost: 4) == ": dd")
    #expect(HistoryText.of(Self.turn("c_2", ["?"]), atMost: 4) == "")
  }

  @Test(
    "a file that is no prompt is told with the line",
    arguments: [
      ("name: a\n=== user\n{{question}}", "f: expected name: and version:"),
      ("name: a\nversion: 0\n=== user\n{{question}}", "f:2: expected a number of 1 or more as version"),
      ("nome: a", "f:1: expected name, version"), ("x", "f:1: expected a setting"),
      ("name: a b", "f:1: expected a name of letters"), ("temperature: hot", "f:1: expected a temperature"),
      ("name: a\nversion: 1\n=== robot\n", "f:3: expected system, user or assistant"),
      ("name: a\nversion: 1\n=== user\nx", "f: expected {{question}}"),
      (
        "name: a\nversion: 1\n=== user\n\n{{question}} {{hystory}}",
        "f:5: no turn has something to put in the place of {{hystory}}"
      ),
      ("name: a\nversion: 1\n=== user\n{{question}}\n=== assistant\nx", "f: expected a last message of the user"),
    ])
  func malformed(text: String, message: String) {
    let error = #expect(throws: ParlanceError.self) { try PromptTemplate(parsing: text, file: "f") }
    #expect(error?.description.hasPrefix(message) == true, "\(String(describing: error))")
    #expect(error?.code == .badInput)
  }

  @Test(
    "what models put around a rewrite is taken off; what is none is told",
    arguments: [
      ("Query: when was it built?", "when was it built?"),
      ("Sure!\n\nQuery: \"when was it built?\"\n", "when was it built?"),
      ("- **Query:** when was it built?", "when was it built?"), ("when was: it built", "when was: it built"),
      ("<think>Query: no no no</think>\nQuery: when was it built?", "when was it built?"),
      ("Rewritten question: “when was it built?”\nmore", "when was it built?"), ("", "the answer is empty"),
      ("Query:\n\n", "the answer is empty"), ("Query: when?", "the answer has under three words"),
      (String(repeating: "word ", count: 201), "the answer is over 200 words"),
      // A label counts where a line begins.
      ("It says \"Query:\" and nothing else here", "It says \"Query:\" and nothing else here"),
      ("埃菲尔铁塔是什么时候建成的", "埃菲尔铁塔是什么时候建成的"), ("エッフェル塔はいつ建てられましたか", "エッフェル塔はいつ建てられましたか"),
      ("หอไอเฟลสร้างเมื่อไหร่", "หอไอเฟลสร้างเมื่อไหร่"), ("何时", "the answer has under three words"),
      ("iPhoneの発売日", "iPhoneの発売日"), ("언제 지어졌나요", "the answer has under three words"),
      (String(repeating: "塔", count: 401), "the answer is over 200 words"),
    ])
  func reading(answer: String, rewrite: String) {
    switch AnswerReading(label: "Query", lines: 1).rewrite(ChatAnswer(content: answer)) {
    case .success(let found): #expect(found.text == rewrite)
    case .failure(let fault): #expect(fault.rawValue == rewrite)
    }
  }

  @Test(
    "of an answer that was cut off only whole lines count",
    arguments: [
      ("Query: when was it built by whom in", 1, nil),
      ("Query: when was it built?\nThis is bec", 1, "when was it built?"),
      ("Okay, so the user asks about the tower and I", 1, nil), ("Query: when was it built?\nKeywords: tow", 2, nil),
      ("", 1, nil),
    ] as [(String, Int, String?)])
  func cutOff(answer: String, lines: Int, rewrite: String?) {
    let result = AnswerReading(label: "Query", lines: lines).rewrite(ChatAnswer(content: answer, finish: "length"))
    switch result {
    case .success(let found): #expect(found.text == rewrite)
    case .failure(let fault): #expect(rewrite == nil && fault == .cut, "\(fault)")
    }
  }

  @Test("a label of the user's own is taken off, in any language; an empty one is none")
  func ownLabel() throws {
    let own = AnswerReading(label: "Umschrift", lines: 1)
    for answer in [
      "Umschrift: wer baute den Turm", "Hier:\n- **Umschrift:** wer baute den Turm", "umschrift:\nwer baute den Turm",
    ] {
      #expect(try own.rewrite(ChatAnswer(content: answer)).get().text == "wer baute den Turm", "\(answer)")
    }
    let none = AnswerReading(label: "", lines: 1)
    let found = try none.rewrite(ChatAnswer(content: "the tower: who built it")).get()
    #expect(found.text == "the tower: who built it" && !found.lacksLabel)
  }

  @Test("what a conversation says is never taken for a place of the template")
  func places() throws {
    let template = try PromptTemplate(
      parsing: "name: a\nversion: 1\n=== user\n{{history}} {other} {{question}}{{", file: "f")
    let turn = Self.turn("c_2", ["print {{question}} and {{history}}", "{{history}}", "why {{question}}?"])
    #expect(
      template.messages(for: turn)[0].content
        == "user: print {{question}} and {{history}}\nsystem: {{history}} {other} why {{question}}?{{")
  }

  @Test("answers of two lines become one query")
  func lines() {
    let reading = AnswerReading(label: "Query", lines: 2)
    let answer = "Query: when was it built?\nKeywords: tower Paris\nIgnored: x"
    #expect((try? reading.rewrite(ChatAnswer(content: answer)).get())?.text == "when was it built? tower Paris")
  }
}
