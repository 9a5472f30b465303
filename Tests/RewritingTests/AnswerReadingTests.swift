import Diagnostics
import Testing

@testable import Rewriting

@Suite("Answers without the label")
struct AnswerReadingTests {
  private static let tower = "What is the height of the Eiffel Tower?"

  private static func read(
    _ content: String, label: String? = "Query", lines: Int = 1, isLabelGiven: Bool = false, finish: String? = "stop"
  ) -> Result<AnswerReading.Found, AnswerReading.Fault> {
    AnswerReading(label: label, lines: lines, isLabelGiven: isLabelGiven).rewrite(
      ChatAnswer(content: content, finish: finish))
  }

  @Test(
    "one line that is left is the rewrite, without introductions, headings and fences",
    arguments: [
      tower, "Sure! Here it is:\n\n\(tower)", "以下是改写后的问题：\n\(tower)", "### Rewritten Question\n\n\(tower)",
      "##Answer\n\(tower)", "**Rewritten Question**\n\n\(tower)", "```\n\(tower)\n```", "---\n\(tower)\n---",
      "# Step 1\n\"\(tower)\"", "• \(tower)",
      // Other labels say as clearly where the rewrite is, whatever stands before or behind.
      "Sure! Here is the rewritten question:\n\n\(tower)\n\nLet me know if you need more.",
      "Here's the **self-contained query**: \(tower)\nIt names the tower.", "The rewritten question is: \(tower)",
      "Question: how high is it?\nRewritten question: \(tower)", "Search query: \(tower)\nI named the tower.",
      // JSON with a text under the label.
      #"{"query": "\#(tower)"}"#, "```json\n{\n  \"Query\": \"\(tower)\",\n  \"why\": \"it\"\n}\n```",
      #"Here you are:\#n[{"rewritten_query": "\#(tower)"}]"#,
    ])
  func found(answer: String) throws {
    let found = try Self.read(answer).get()
    #expect(found == .init(text: Self.tower, lacksLabel: true))
  }

  @Test(
    "a label is one with marks around it, and with a colon as wide as Chinese has it",
    arguments: [
      "Query: \(tower)", "**Query:** \(tower)", "**Query**: \(tower)", "**Query: \(tower)**", "*Query:* \(tower)",
      "*Query: \(tower)*", "_Query_: \(tower)", "`Query:` \(tower)", "### Query: \(tower)", "### Query:\n\(tower)",
      "1. **Query:** \(tower)", "> Query : \(tower)", "\"Query: \(tower)\"", "Query：\(tower)", "QUERY： \(tower)\nmore",
      // What the prompt asks for comes before what else may be a label.
      "Rewritten question: to be written\nQuery: \(tower)",
    ])
  func labelled(answer: String) throws {
    for label in ["Query", "Query:", "**Query:**", "query："] {
      #expect(try Self.read(answer, label: label).get() == .init(text: Self.tower, lacksLabel: false), "\(label)")
    }
  }

  @Test(
    "what stands on the label's own line is the rewrite, whatever sign it begins or ends with",
    arguments: [
      ("Query: # of goals Messi scored in 2012", "# of goals Messi scored in 2012"),
      ("Query: What does this line of the poem mean:\nI named the poem.", "What does this line of the poem mean:"),
      ("Query: ```int x=5;``` what does it do?", "```int x=5;``` what does it do?"),
      ("Rewritten question: What does this line mean:\nI named it.", "What does this line mean:"),
      // Where it has nothing to say the next line with something on it is taken.
      ("Query: ```text\n\(tower)\n```", tower), ("Query: ---\n\(tower)", tower),
      ("Query: Here is the rewritten question:\n\(tower)", tower), ("Query: Query:\nHere it is:\n\(tower)", tower),
    ])
  func ownLine(answer: String, text: String) throws {
    #expect(try Self.read(answer).get().text == text)
  }

  @Test(
    "emphasis is taken off where it was opened before the label, other signs are the question's",
    arguments: [
      ("`Query:` what does `x`", "what does `x`"), ("`Query: what does x do`", "what does x do"),
      ("Query:__init__ meaning of it", "__init__ meaning of it"), ("_Query: what is __init___", "what is __init__"),
      ("*Query:* what is *this*", "what is *this*"), ("*Query*: what is _this_", "what is _this_"),
      ("_*Query:* what is this_", "what is this"), ("1. *Query: what is this*", "what is this"),
      ("Query: what does it mean by `x`", "what does it mean by `x`"),
    ])
  func emphasis(answer: String, text: String) throws {
    #expect(try Self.read(answer).get() == .init(text: text, lacksLabel: false))
  }

  @Test("behind a label that the prompt ends in the first line is the rewrite, and lacks no label")
  func givenLabel() throws {
    for (answer, lacksLabel) in [
      (Self.tower, false), ("\(Self.tower)\n\nIt names the tower.", true),
      ("Here it is:\n\n\"\(Self.tower)\"\nmore", true), ("Query: \(Self.tower)\nmore", false),
    ] {
      let found = try Self.read(answer, isLabelGiven: true).get()
      #expect(found == .init(text: Self.tower, lacksLabel: lacksLabel), "\(answer)")
    }
    // What goes on behind another label does not go on behind this one.
    let other = try Self.read("Rewritten question: \(Self.tower)\nmore", isLabelGiven: true).get()
    #expect(other == .init(text: Self.tower, lacksLabel: true))
    #expect(Self.read("\(Self.tower)\nIt na", isLabelGiven: true, finish: "length") == .failure(.cut))
    #expect(Self.read("Here it is:", isLabelGiven: true) == .failure(.introduction))
    #expect(Self.read(#"{"height": "330 m or so"}"#, isLabelGiven: true) == .failure(.json))
    let two = try Self.read("\(Self.tower)\nAnswer: 330 m.\nmore", lines: 2, isLabelGiven: true).get()
    #expect(two == .init(text: Self.tower + " 330 m.", lacksLabel: true))
  }

  @Test(
    "of several lines without the label none is taken, and nothing of headings, introductions and JSON alone",
    arguments: [
      ("Okay, so the user is asking about the tower.\nI should name it.\n\(tower)", .unlabelled),
      ("I'm sorry, but I can't help with that request.\nPlease ask something else.", .unlabelled),
      ("\(tower)\n\nIt names the tower.", .unlabelled),
      // A thought that speaks of the rewrite is no introduction of it.
      ("So I write a self-contained query: with its names.\n\(tower)", .unlabelled),
      ("### Rewritten Question", .introduction), ("Here it is:", .introduction), ("Query:\n## Query", .introduction),
      (#"{"height": "\#(tower)"}"#, .json), (#"{"query": ["\#(tower)"]}"#, .json), ("{\"query\": \"What is", .json),
      ("Here:\n```json\n{\"question text\": 3}\n```", .json),
    ] as [(String, AnswerReading.Fault)])
  func none(answer: String, fault: AnswerReading.Fault) {
    #expect(Self.read(answer) == .failure(fault))
  }

  @Test("of an answer that was cut off nothing is taken without the label, however many lines ended before")
  func cutOff() throws {
    let thought = "Okay, so the user is asking about something earlier.\nThat is the tower.\nSo I wri"
    #expect(Self.read(thought, finish: "length") == .failure(.cut))
    #expect(Self.read("{\"query\": \"\(Self.tower)\"}\n\n", finish: "length") == .failure(.cut))
    #expect(try Self.read("Query: \(Self.tower)\nThat", finish: "length").get().text == Self.tower)
    // Who asks for no label gets the first whole lines, as before.
    #expect(try Self.read("\(Self.tower)\nThat", label: nil, finish: "length").get().text == Self.tower)
  }

  @Test("a question with signs of its own stays as it is")
  func ownSigns() throws {
    for question in [
      "2. Bundesliga table in 2020", "#metoo movement and its origins", "[What is the height of it?]",
      "C# and F#: which?",
      "What is a search query: a text or a plan?",
    ] {
      #expect(try Self.read(question).get().text == question)
    }
  }

  @Test("without the label as many lines are taken as the prompt asks for, and more are no rewrite")
  func severalLines() throws {
    let found = try Self.read("\(Self.tower)\nAnswer: It is 330 m high.", lines: 2).get()
    #expect(found == .init(text: Self.tower + " It is 330 m high.", lacksLabel: true))
    #expect(Self.read("\(Self.tower)\nIt is 330 m high.\nMore?", lines: 2) == .failure(.unlabelled))
    let numbered = "1. **Query:** \(Self.tower)\n2. **Keywords:** metres Paris"
    #expect(try Self.read(numbered, lines: 2).get().text == Self.tower + " metres Paris")
  }

  @Test("a prompt without a label takes the first line behind introductions")
  func withoutLabel() throws {
    let found = try Self.read("Here it is:\n\(Self.tower)\nmore", label: nil).get()
    #expect(found == .init(text: Self.tower, lacksLabel: false))
  }

  @Test("an answer without the label is asked for once more, and how many rewrites lack it is told")
  func job() async throws {
    let endpoint = FakeEndpoint { asked, _ in
      let isSecond = asked.json["top_p"] as? Double == 0.9
      if asked.question.contains("number 0?") { return .content(Self.tower) }
      if asked.question.contains("number 1?") {
        return .content(isSecond ? "Query: \(Self.tower)" : "Hm.\n\(Self.tower)")
      }
      if asked.question.contains("number 2?") { return .content("I am sorry.\nAsk me another.") }
      return .content("Query: a good rewrite")
    }
    let prompt = try PromptTemplate(named: "few-shot")
    let result = try await RewriteJobTests.job(endpoint) { $0.prompt = prompt }.run(RewriteJobTests.turns(4))
    #expect(result.rewrites[0] == ["c_0": Self.tower, "c_1": Self.tower, "c_3": "a good rewrite"])
    #expect(result.unlabelled == 1 && endpoint.asked.count == 6)
    #expect(
      result.failures.map(\.reason) == ["the answer has several lines, and none begins with the label, twice"])
  }

  @Test("a job whose prompt ends in the label asks once for what goes on behind it")
  func jobWithGivenLabel() async throws {
    let endpoint = FakeEndpoint { _, _ in .content("\(Self.tower)\n\nIt names the tower.") }
    let result = try await RewriteJobTests.job(endpoint).run(RewriteJobTests.turns(2))
    #expect(result.rewrites[0] == ["c_0": Self.tower, "c_1": Self.tower])
    #expect(result.unlabelled == 2 && endpoint.asked.count == 2)
  }
}
