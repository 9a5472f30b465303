import Conversations
import Diagnostics
import Testing

@Suite("Conversation forms") struct ConversationFormTests {
  let turn = Turn(
    id: "c_3", conversation: "c", number: 3,
    messages: [
      Message(role: .user, content: "q0"), Message(role: .assistant, content: "a0"),
      Message(role: .user, content: "q1"), Message(role: .assistant, content: "a1"),
      Message(role: .user, content: "q2"),
    ])

  @Test(
    "each form has its words, newest first, joined by [SEP]",
    arguments: [
      (.lastTurn, "q2"), (.userTurns, "q2 [SEP] q1 [SEP] q0"),
      (.conversation, "q2 [SEP] a1 [SEP] q1 [SEP] a0 [SEP] q0"), (.rewrite, "R"),
      (.rewriteAndConversation, "R [SEP] a1 [SEP] q1 [SEP] a0 [SEP] q0"),
    ] as [(ConversationForm, String)])
  func forms(form: ConversationForm, text: String) throws {
    #expect(try form.query(for: turn, rewrite: "R").text == text)
  }

  @Test("a segment knows its message, and a byte of the text its segment")
  func sources() throws {
    let query = try ConversationForm.rewriteAndConversation.query(for: turn, rewrite: "Rö")
    #expect(query.segments.map(\.source) == [.rewrite, .message(3), .message(2), .message(1), .message(0)])
    #expect(
      [0, 2, 3, 9, 10, 11, 12, 100].map { query.segmentIndex(atUTF8Offset: $0) } == [0, 0, nil, nil, 1, 1, nil, nil])
  }

  @Test("a form that needs a rewrite says which turn has none")
  func missingRewrite() throws {
    for form in ConversationForm.allCases {
      if form.needsRewrite {
        let error = #expect(throws: ParlanceError.self) { try form.query(for: turn) }
        #expect(error?.code == .badInput && error?.message.contains("\"c_3\"") == true)
      } else {
        #expect(try form.query(for: turn).segments.first?.text == "q2")
      }
    }
  }

  @Test("messages without words leave no empty segments")
  func blanks() throws {
    var blank = turn
    blank.messages[3].content = " \n"
    #expect(try ConversationForm.conversation.query(for: blank).text == "q2 [SEP] q1 [SEP] a0 [SEP] q0")
  }
}
