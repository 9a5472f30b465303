import Diagnostics
import Foundation
import Testing

@testable import Datasets

/// The shapes of each set's files, in miniature; the texts are our own.
@Suite("Importers")
struct ImporterTests {
  @Test("TopiOCQA: DPR's turns, gold passages, and a collection with quotation marks as in CSV")
  func topiocqa() throws {
    let turns = """
      [{"conv_id": 1, "turn_id": 1, "question": "who sang it?", "answers": ["A"],
        "positive_ctxs": [{"passage_id": "7", "title": "t", "text": "x"}]},
       {"conv_id": 1, "turn_id": 2, "question": "who sang it? [SEP] A [SEP] when?", "positive_ctxs": []},
       {"conv_id": 1, "turn_id": 3, "question": "who sang it? [SEP] A [SEP] when?[SEP][SEP]why?"}]
      """
    let wiki =
      "id\ttext\ttitle\nwiki:7\t\"He said \"\"yes\"\"\non two lines\"\tSong [SEP] Origin\nwiki:8\t5\" wide\tB\n"
    let result = try ImportedFolder(
      .topiocqa, ["topiocqa_train.json": turns, "full_wiki_segments.tsv": wiki, "README.md": "x"])
    #expect(
      try result.turns("conversations.train.jsonl") == [
        "train_1_1 train_1: who sang it?", "train_1_2 train_1: who sang it? > = A > when?",
        "train_1_3 train_1: who sang it? > = A > when? > why?",
      ])
    #expect(result.lines["qrels.train.txt"] == ["train_1_1 0 7 1"])
    #expect(
      result.lines["passages.jsonl"] == [
        #"{"_id":"7","title":"Song [SEP] Origin","text":"He said \"yes\"\non two lines"}"#,
        #"{"_id":"8","title":"B","text":"5\" wide"}"#,
      ])
    #expect(result.summary.unused == ["README.md"])
    #expect(result.summary.conversations == 1)
  }

  @Test("TopiOCQA as the data set itself, and DiSCo's ids by row with rewrites")
  func disco() throws {
    let own = """
      [{"Conversation_no": 3, "Turn_no": 2, "Question": "when?", "Context": ["who?", "A"], "Answer": "b",
        "Gold_passage": {"id": "wiki:9", "text": "x"}}]
      """
    let first = try ImportedFolder(.topiocqa, ["topiocqa_dev.json": own])
    #expect(try first.turns("conversations.dev.jsonl") == ["dev_3_2 dev_3: who? > = A > when?"])
    #expect(first.lines["qrels.dev.txt"] == ["dev_3_2 0 9 1"])
    let rows = """
      [{"conv_id": 1, "turn_id": 1, "question": "a"}, {"conv_id": 1, "turn_id": 2, "question": "a [SEP] b [SEP] c"},
       {"conv_id": 1, "turn_id": 3, "question": "a [SEP] b"}]
      """
    let second = try ImportedFolder(
      .disco,
      ["raw_train.json": rows, "rewrites_train_llm.tsv": "0\ta\n1\tc of a\n5\tx\n", "q_train_last.tsv": "0\ta\n"])
    #expect(
      try second.turns("conversations.train.jsonl") == ["train_0 train_1: a", "train_1 train_1: a > = b > c"])
    #expect(second.lines["rewrites/rewrites_train_llm.jsonl"]?.last == #"{"id":"train_1","text":"c of a"}"#)
    #expect(second.summary.skipped["turns whose history does not alternate"] == 1)
    #expect(second.summary.skipped["rewrites of turns that are not there"] == 1)
  }

  @Test("QReCC: turns with human rewrites, SCAI's passages, and the collection")
  func qrecc() throws {
    let turns = """
      [{"Context": [], "Question": "what is it? ", "Rewrite": "what is tea?", "Answer": "a drink",
        "Conversation_no": 5, "Turn_no": 1},
       {"Context": ["what is it?", "a drink"], "Question": "", "Conversation_no": 5, "Turn_no": 2},
       {"Context": ["what is it?", "a drink"], "Question": "of where?", "Truth_rewrite": "tea of where?", "Rewrite": "",
        "Truth_passages": ["http://x_p1", "http://x_p1"], "Conversation_no": 5, "Turn_no": 3}]
      """
    let result = try ImportedFolder(
      .qrecc,
      ["qrecc_test.json": turns, "passages/part.jsonl": "{\"id\": \"http://x_p1\", \"contents\": \"leaves\"}\n"])
    #expect(
      try result.turns("conversations.test.jsonl") == [
        "test_5_1 test_5: what is it?", "test_5_3 test_5: what is it? > = a drink > of where?",
      ])
    #expect(result.lines["rewrites/human.jsonl"]?.count == 2)
    #expect(result.lines["qrels.test.txt"] == ["test_5_3 0 http://x_p1 1"])
    #expect(result.lines["passages.jsonl"] == [#"{"_id":"http://x_p1","title":"","text":"leaves"}"#])
    #expect(
      result.summary.skipped == ["turns without a question": 1, "judgments that are there already": 1])
  }

  @Test(
    "QReCC: histories are of questions as they were asked, not of the rewrites in Context, and need all earlier turns")
  func qreccHistories() throws {
    func row(_ conversation: Int, _ turn: Int, _ question: String, _ answer: String, context: [String]) -> String {
      let context = context.map { "\"\($0)\"" }.joined(separator: ", ")
      return """
        {"Context": [\(context)], "Question": "\(question)", "Rewrite": "\(question) of tea", "Answer": "\(answer)",
         "Conversation_no": \(conversation), "Turn_no": \(turn)}
        """
    }
    let first = [
      row(1, 1, "who", "Lu", context: []), row(1, 2, "when", "", context: ["who of tea", "Lu"]),
      row(1, 3, "why", "joy", context: ["who of tea", "Lu", "when of tea"]),
      row(1, 3, "why", "joy", context: ["who of tea", "Lu", "when of tea"]), row(2, 1, "how", "hot", context: []),
      row(2, 3, "so", "yes", context: ["how of tea", "hot", "a", "b"]), row(2, 4, "then", "no", context: []),
      row(3, 1, "what", "leaf", context: []),
    ]
    let result = try ImportedFolder(.qrecc, ["qrecc_test.json": "[" + first.joined(separator: ",\n") + "]"])
    #expect(
      try result.turns("conversations.test.jsonl") == [
        "test_1_1 test_1: who", "test_1_2 test_1: who > = Lu > when", "test_1_3 test_1: who > = Lu > when > why",
        "test_2_1 test_2: how", "test_3_1 test_3: what",
      ])
    #expect(
      result.summary.skipped == ["turns that are there already": 1, "turns whose earlier turns are not before them": 2])
  }

  @Test("QReCC: SCAI's questions and truth, which are files apart")
  func scai() throws {
    let result = try ImportedFolder(
      .qrecc,
      [
        "scai-training-questions.json": """
        [{"Conversation_no": 1, "Question": "who", "Turn_no": 1}, {"Conversation_no": 1, "Question": "why", "Turn_no": 2}]
        """,
        "scai-training-ground-truth.json": """
        [{"Conversation_no": 1, "Truth_answer": "Lu", "Truth_passages": ["http://x_p1"], "Truth_rewrite": "who is", "Turn_no": 1},
         {"Conversation_no": 1, "Truth_answer": "", "Truth_passages": [""], "Truth_rewrite": "why him", "Turn_no": 2},
         {"Conversation_no": 9, "Truth_answer": "", "Truth_passages": [], "Truth_rewrite": "none", "Turn_no": 1}]
        """,
      ])
    #expect(
      try result.turns("conversations.train.jsonl") == ["train_1_1 train_1: who", "train_1_2 train_1: who > why"])
    #expect(
      result.lines["rewrites/human.jsonl"]?.count == 2
        && result.lines["qrels.train.txt"] == ["train_1_1 0 http://x_p1 1"])
    #expect(result.summary.skipped == ["rewrites of turns that are not there": 1])
  }

  @Test("CAsT: lists and trees of turns, two sources of rewrites, canonical passages, judgments of documents apart")
  func cast() throws {
    let manual = """
      [{"number": 9, "turn": [
        {"number": 1, "raw_utterance": "What is tea?", "manual_rewritten_utterance": "What is tea?",
         "passage": "Leaves.", "canonical_result_id": "D1", "passage_id": 4},
        {"number": 2, "raw_utterance": "Is it hot?", "manual_rewritten_utterance": "Is tea hot?"}]}]
      """
    let automatic = """
      [{"number": 9, "turn": [{"number": 2, "raw_utterance": "Is it hot?", "automatic_rewritten_utterance": "Is it tea?"},
        {"number": 3, "raw_utterance": "Why?"}]}]
      """
    let result = try ImportedFolder(
      .cast,
      [
        "a_automatic_topics.json": automatic, "b_manual_topics.json": manual,
        "cast-qrels-docs.2021.qrel": "9_2 0 D1 2\n", "2019qrels.txt": "9_1 Q0 D1-4 3\n77_1 Q0 D1-4 3\n",
        "topics_resolved.tsv": "9_1\tWhat is tea, please?\n", "notes.txt": "no judgments",
      ])
    #expect(try result.turns() == ["9_1 9: What is tea?", "9_2 9: What is tea? > = Leaves. > Is it hot?"])
    #expect(result.lines["rewrites/automatic.jsonl"] == [#"{"id":"9_2","text":"Is it tea?"}"#])
    #expect(result.lines["passages.jsonl"] == [#"{"_id":"D1-4","title":"","text":"Leaves."}"#])
    #expect(result.lines["document-qrels.txt"] == ["9_2 0 D1 2"])
    #expect(result.lines["qrels.txt"] == ["9_1 0 D1-4 3"])
    let tree = """
      [{"number": 132, "turn": [
        {"number": "1-1", "participant": "User", "utterance": "A?"},
        {"number": "1-2", "parent": "1-1", "participant": "System", "response": "b"},
        {"number": "1-3", "parent": "1-2", "participant": "User", "utterance": "C?", "manual_rewritten_utterance": "C of A?"},
        {"number": "2-1", "parent": "1-2", "participant": "User", "utterance": "D?"}]}]
      """
    let branches = try ImportedFolder(.cast, ["tree.json": tree], prefix: "c22_")
    #expect(
      try branches.turns() == [
        "c22_132_1-1 c22_132: A?", "c22_132_1-3 c22_132: A? > = b > C?", "c22_132_2-1 c22_132: A? > = b > D?",
      ])
  }

  @Test("iKAT: the topics of 2023 and 2025, with passages")
  func ikat() throws {
    let topics23 = """
      [{"number": "9-1", "ptkb": {"1": "I am vegan."}, "turns": [
        {"turn_id": 1, "utterance": "A diet?", "resolved_utterance": "A vegan diet?", "response": "Beans."},
        {"turn_id": 2, "utterance": "More?", "resolved_utterance": "", "response": ""}]}]
      """
    let topics25 = """
      [{"number": "1-1", "responses": [{"turn_id": 1, "user_utterance": "Hi?", "resolved_utterance": "Hi?", "response": "Yo"}]}]
      """
    let result = try ImportedFolder(
      .ikat,
      [
        "2023.json": topics23, "2025.json": topics25,
        "psg.jsonl": "{\"doc_id\": \"clue-1\", \"passage_id\": \"4\", \"passage_text\": \"text\"}\n",
        "qrels.txt": "9-1_2 0 clue-1:4 2\n",
      ])
    #expect(
      try result.turns() == ["9-1_1 9-1: A diet?", "9-1_2 9-1: A diet? > = Beans. > More?", "1-1_1 1-1: Hi?"])
    #expect(result.lines["qrels.txt"] == ["9-1_2 0 clue-1:4 2"])
    #expect(result.lines["passages.jsonl"]?.first?.contains(#""clue-1:4""#) == true)
    #expect(result.summary.skipped == ["rewrites without words": 1])
  }

  /// Whether the judged turns of each file of judgments are those of the file of conversations beside it.
  private func fits(_ folder: ImportedFolder) throws -> Bool {
    func first(_ line: String) -> String { line.split(separator: " ").first.map(String.init) ?? "" }
    for (name, lines) in folder.lines where name.hasPrefix("qrels") {
      let part = name.dropFirst("qrels".count).dropLast(".txt".count)
      let turns = Set(try folder.turns("conversations\(part).jsonl").map(first))
      if !turns.isSuperset(of: lines.map(first)) { return false }
    }
    return folder.lines.keys.contains { $0.hasPrefix("qrels") }
  }

  @Test("iKAT and CAsT 2019: topics to train and to test on are files apart with their judgments, the rewrites are one")
  func trackParts() throws {
    func topics(_ number: Int) -> String {
      """
      [{"number": "\(number)-1", "turns": [{"turn_id": 1, "utterance": "A?", "resolved_utterance": "A now?", "response": ""}]}]
      """
    }
    let ikat = try ImportedFolder(
      .ikat,
      [
        "data/2023_train_topics.json": topics(1), "data/2023_test_topics.json": topics(9),
        "2023-qrels.all-turns.txt": "1-1_1 0 p 2\n9-1_1 0 p 1\n9-1_1 0 r 0\n",
      ])
    #expect(try ikat.turns("conversations.train.jsonl") == ["1-1_1 1-1: A?"])
    #expect(try ikat.turns("conversations.test.jsonl") == ["9-1_1 9-1: A?"])
    #expect(ikat.lines["conversations.jsonl"] == nil && ikat.lines["rewrites/human.jsonl"]?.count == 2)
    #expect(ikat.lines["qrels.train.txt"] == ["1-1_1 0 p 2"] && ikat.lines["qrels.txt"] == nil)
    #expect(ikat.lines["qrels.test.txt"] == ["9-1_1 0 p 1", "9-1_1 0 r 0"])
    #expect(try fits(ikat))
    func list(_ number: Int) -> String {
      "[{\"number\": \(number), \"turn\": [{\"number\": 1, \"raw_utterance\": \"A?\"}]}]"
    }
    let cast = try ImportedFolder(
      .cast,
      [
        "training/train_topics_v1.0.json": list(1), "evaluation/evaluation_topics_v1.0.json": list(31),
        "training/train_topics_mod.qrel": "1_1 0 D 2\n", "2019qrels.txt": "31_1 Q0 D 1\n32_1 Q0 D 1\n",
      ])
    #expect(try cast.turns("conversations.train.jsonl") == ["1_1 1: A?"])
    #expect(try cast.turns() == ["31_1 31: A?"])
    #expect(cast.lines["qrels.train.txt"] == ["1_1 0 D 2"] && cast.lines["qrels.txt"] == ["31_1 0 D 1"])
    #expect(cast.summary.skipped == ["judgments of turns that are not there": 1])
    #expect(try fits(cast))
  }

  @Test("QReCC: the judgments of each part are in a file of their own, as its turns are")
  func qreccParts() throws {
    func row(_ text: String) -> String {
      """
      [{"Conversation_no": 1, "Turn_no": 1, "Question": "\(text)", "Truth_passages": ["p_\(text)"]}]
      """
    }
    let result = try ImportedFolder(.qrecc, ["qrecc_train.json": row("who"), "qrecc_test.json": row("why")])
    #expect(result.lines["qrels.train.txt"] == ["train_1_1 0 p_who 1"])
    #expect(result.lines["qrels.test.txt"] == ["test_1_1 0 p_why 1"])
    #expect(result.lines["qrels.txt"] == nil)
    #expect(try fits(result))
  }

  @Test("MTRAG: tasks and conversations, official rewrites, judgments with a line of headings, corpora")
  func mtrag() throws {
    let task = """
      {"task_id": "c<::>2", "conversation_id": "c", "input": [{"speaker": "user", "text": "A?"}, \
      {"speaker": "agent", "text": "b"}, {"speaker": "user", "text": "C?"}]}
      """
    let conversation = """
      [{"conversation_id": "d", "messages": [{"speaker": "user", "text": "E?"}, {"speaker": "agent", "text": "f"}]}]
      """
    let result = try ImportedFolder(
      .mtrag,
      [
        "generation_tasks/reference.jsonl": task + "\n", "conversations.json": conversation,
        "t/clapnq_rewrite.jsonl": "{\"_id\":\"c<::>2\",\"text\":\"|user|: C of A?\"}\n",
        "t/clapnq_lastturn.jsonl": "{\"_id\":\"c<::>2\",\"text\":\"|user|: C?\"}\n",
        "t/qrels/dev.tsv": "query-id\tcorpus-id\tscore\nc<::>2\tp-1\t1\n",
        "corpora/clapnq.jsonl": "{\"_id\": \"p-1\", \"title\": \"T\", \"text\": \"x\"}\n",
      ])
    #expect(try result.turns().sorted() == ["c<::>2 c: A? > = b > C?", "d<::>1 d: E?"])
    #expect(result.lines["rewrites/official.jsonl"] == [#"{"id":"c<::>2","text":"C of A?"}"#])
    #expect(result.lines["qrels.txt"] == ["c<::>2 0 p-1 1"])
    #expect(result.summary.unused == ["t/clapnq_lastturn.jsonl"])
  }

  @Test("MTRAG: conversations without an id are counted, and are an error where there is nothing else")
  func mtragWithoutIDs() throws {
    let published = """
      [{"author": "a", "retriever": {}, "generator": {}, "messages": [{"speaker": "user", "text": "E?"}, \
      {"speaker": "agent", "text": "f"}]}]
      """
    let task = """
      {"task_id": "c<::>1", "conversation_id": "c", "input": [{"speaker": "user", "text": "A?"}]}

      """
    let reason = "conversations without an id (generation_tasks/reference.jsonl has their turns with ids)"
    let files = ["conversations/conversations.json": published]
    let result = try ImportedFolder(
      .mtrag, files.merging(["generation_tasks/reference.jsonl": task]) { first, _ in first })
    #expect(try result.turns() == ["c<::>1 c: A?"])
    #expect(result.summary.skipped == [reason: 1])
    let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.mtrag, files) }
    #expect(error?.code == .badInput)
    #expect(error?.message == "none of the rows could be used: 1 " + reason, "\(error as Any)")
  }

  @Test("OR-QuAC: turns with their history, blocks, and judgments in one JSON object")
  func orquac() throws {
    let turns = """
      {"qid": "C_1_q#0", "question": "who?", "rewrite": "who is A?", "history": [], "answer": {"text": "B"}}
      {"qid": "C_1_q#1", "question": "why?", "rewrite": "why A?", "history": [{"question": "who?", "answer": {"text": "B"}}]}
      {"qid": "C_1_q#2", "question": "so?", "history": [{"question": "q", "answer": {"text": "CANNOTANSWER"}}]}

      """
    let result = try ImportedFolder(
      .orquac,
      [
        "dev.txt": turns, "qrels.txt": "{\"C_1_q#0\": {\"3@1\": 1}, \"C_9_q#0\": {\"3@1\": 1}}",
        "all_blocks.txt": "{\"title\": \"A\", \"text\": \"t\", \"bid\": 1, \"id\": \"3@1\", \"aid\": \"3\"}\n",
      ])
    #expect(
      try result.turns("conversations.dev.jsonl") == [
        "C_1_q#0 C_1_q: who?", "C_1_q#1 C_1_q: who? > = B > why?", "C_1_q#2 C_1_q: q > so?",
      ])
    #expect(result.lines["qrels.dev.txt"] == ["C_1_q#0 0 3@1 1"])
    #expect(result.summary.written["passages.jsonl"] == 1)
  }

  @Test("BEIR: queries as conversations of one question, judgments by split")
  func beir() throws {
    let result = try ImportedFolder(
      .beir,
      [
        "corpus.jsonl": "{\"_id\": \"p\", \"title\": \"T\", \"text\": \"x\", \"metadata\": {}}\n",
        "queries.jsonl": "{\"_id\": \"q\", \"text\": \"why?\", \"metadata\": {}}\n",
        "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\tp\t1\n",
        "qrels/dev.tsv": "query-id\tcorpus-id\tscore\nq\tp\t0\n",
      ])
    #expect(try result.turns() == ["q q: why?"])
    #expect(result.lines["qrels.test.txt"] == ["q 0 p 1"] && result.lines["qrels.dev.txt"] == ["q 0 p 0"])
  }

  @Test("chat logs: OpenAI's messages with parts, ShareGPT's values; instructions and tools are left out")
  func chatLogs() throws {
    let openai = """
      {"id": "x", "messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": [{"type": "text", \
      "text": "Hi?"}, {"type": "image_url"}]}, {"role": "assistant", "content": null}, {"role": "assistant", "content": "Yo"}, \
      {"role": "user", "content": "More?"}]}
      {"messages": [{"role": "assistant", "content": "Hello"}]}

      """
    let result = try ImportedFolder(.openai, ["logs.jsonl": openai])
    #expect(try result.turns() == ["x_1 x: Hi?", "x_2 x: Hi? > = Yo > More?"])
    #expect(
      result.summary.skipped == [
        "messages that are neither the user's nor the assistant's": 1, "messages without text": 1,
        "parts of messages that are no text": 1,
        "conversations without a question": 1,
      ])
    let shared =
      "[{\"conversations\": [{\"from\": \"human\", \"value\": \"A?\"}, {\"from\": \"gpt\", \"value\": \"b\"}]}]"
    #expect(try ImportedFolder(.sharegpt, ["share.json": shared]).turns() == ["share-1_1 share-1: A?"])
  }
}
