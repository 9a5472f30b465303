import Diagnostics
import Foundation
import Testing

@testable import Datasets

/// Lines of columns: none is cut, none takes another's place.
@Suite("Importing columns")
struct ImportedColumnsTests {
  static let queries = "{\"_id\": \"q\", \"text\": \"why?\"}\n"

  @Test("a tab within a rewrite is white space, and a rewrite without words is counted")
  func rewrites() throws {
    let turns = """
      [{"conv_id": 1, "turn_id": 1, "question": "a"}, {"conv_id": 1, "turn_id": 2, "question": "a [SEP] b [SEP] c"},
       {"conv_id": 1, "turn_id": 3, "question": "a [SEP] b [SEP] c [SEP] d [SEP] e"}]
      """
    let disco = try ImportedFolder(
      .disco,
      ["raw_train.json": turns, "rewrites_train_llm.tsv": "0\twhat is the\tcapital of France\n1\tc of a\t\n2\t\n"])
    #expect(
      disco.lines["rewrites/rewrites_train_llm.jsonl"] == [
        #"{"id":"train_0","text":"what is the capital of France"}"#, #"{"id":"train_1","text":"c of a"}"#,
      ])
    #expect(disco.summary.skipped == ["rewrites without words": 1] && disco.summary.malformedCount == 0)
    let topics = #"[{"number": 31, "turn": [{"number": 2, "raw_utterance": "Is it treatable?"}]}]"#
    let cast = try ImportedFolder(
      .cast, ["topics.json": topics, "topics_resolved.tsv": "31_2\tIs throat cancer\ttreatable?\n"])
    #expect(cast.lines["rewrites/human.jsonl"] == [#"{"id":"31_2","text":"Is throat cancer treatable?"}"#])
    let error = #expect(throws: ParlanceError.self) {
      try ImportedFolder(.cast, ["topics.json": topics, "topics_resolved.tsv": "31_2\tIs it?\n31_3\n"])
    }
    #expect(error?.description.contains("topics_resolved.tsv:2: expected 2 columns, found 1") == true)
  }

  @Test("of columns by row a table that is none of rewrites is not taken for one")
  func otherTables() throws {
    let turns = #"[{"conv_id": 1, "turn_id": 1, "question": "a"}]"#
    let run = (0..<3).map { "0\tQ0\tp\($0)\t\($0)\t.5\trun\n" }.joined()
    let result = try ImportedFolder(.disco, ["raw_train.json": turns, "run.tsv": run])
    #expect(result.summary.unused == ["run.tsv"] && result.summary.skipped.isEmpty)
  }

  @Test("a passage with a tab too many is malformed, one between quotation marks is not")
  func passages() throws {
    let turns = #"[{"conv_id": 1, "turn_id": 1, "question": "why?", "positive_ctxs": []}]"#
    let rows = "id\ttext\ttitle\nwiki:1\tsome text\twith a tab\tA title\nwiki:2\t\"two\tparts\"\tB\nwiki:3\ttext\t\n"
    let files = ["train.json": turns, "full_wiki_segments.tsv": rows]
    let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.topiocqa, files) }
    #expect(
      error?.description.contains("full_wiki_segments.tsv:2: expected 3 columns, found 4") == true, "\(error as Any)")
    let result = try ImportedFolder(.topiocqa, files, keepsGoing: true)
    #expect(
      result.lines["passages.jsonl"] == [
        #"{"_id":"2","title":"B","text":"two\tparts"}"#, #"{"_id":"3","title":"","text":"text"}"#,
      ])
    #expect(result.summary.malformedCount == 1)
  }

  @Test(
    "judgments in each of their forms",
    arguments: [
      "query-id\tcorpus-id\tscore\nq\tp\t1\n", "query_id\tcorpus_id\tscore\nq\tp\t1\n", "q\tp\t1\n", "q p 1\n",
      "\nq\tp\t1.0\n", "q 0  p 1.00\n", "q\tQ0\tp\t1\n", "q\t\tp \t1 \n",
    ])
  func judgments(text: String) throws {
    let result = try ImportedFolder(.beir, ["queries.jsonl": Self.queries, "qrels/test.tsv": text])
    #expect(result.lines["qrels.test.txt"] == ["q 0 p 1"], "\(result.summary)")
  }

  @Test(
    "a judgment of another number of columns is told with its line, and so is a grade that is no whole number",
    arguments: [
      ("q 0 p 1\nq 0 77 1 x\n", "test.tsv:2: expected 4 columns, found 5"),
      ("q\tp\t1\nq\tp two\t1\n", "test.tsv:2: expected an id without white space"),
      ("query-id\tcorpus-id\tscore\nq\tp two\t1\n", "test.tsv:2: expected an id without white space"),
      // Between blanks this would be TREC's form.
      ("q\tp two\t1\nq\tp\t1\n", "test.tsv:1: expected an id without white space"),
      ("q 0\tp\t1\nq\tp\t1\n", "test.tsv:1: expected an id without white space"),
      ("q p 1\nq p two 1\n", "test.tsv:2: expected 3 columns, found 4"),
      (
        "query-id\tcorpus-id\tscore\tby\tat\nq\tp\t1\n",
        "test.tsv:1: expected 3 columns (query, passage, grade) or 4 (query, 0, passage, grade), found 5"
      ),
      ("q\tp\t1\nq\tp2\t0.5\n", "test.tsv:2: expected a whole number as the grade, found \"0.5\""),
      ("q\tp\t0.5\n", "test.tsv:1: expected a whole number as the grade, found \"0.5\""),
      ("q\tp\t1\nq\tp2\t1.\n", "test.tsv:2: expected a whole number as the grade, found \"1.\""),
    ])
  func malformedJudgments(text: String, message: String) throws {
    let files = ["queries.jsonl": Self.queries, "qrels/test.tsv": text]
    let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.beir, files) }
    #expect(error?.code == .badInput && error?.description.contains(message) == true, "\(error as Any)")
    let result = try ImportedFolder(.beir, files, keepsGoing: true)
    #expect(result.summary.malformed.count == 1 && result.summary.malformed[0].contains(message))
  }

  @Test("three ids are no judgment, nor is a sentence that ends with a year")
  func noJudgments() throws {
    let triples = try ImportedFolder(.beir, ["queries.jsonl": Self.queries, "triples.tsv": "1\t2345\t6789\n"])
    #expect(triples.summary.unused == ["triples.tsv"])
    let topics = #"[{"number": "9-1", "turns": [{"turn_id": 1, "utterance": "A diet?"}]}]"#
    let read = try ImportedFolder(.ikat, ["topics.json": topics, "notes.txt": "TREC iKAT 23\n"])
    #expect(read.summary.unused == ["notes.txt"])
  }

  @Test("ids that differ in their normalisation alone are two, of judgments, rewrites and conversations")
  func normalisations() throws {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    let judged = try ImportedFolder(
      .beir, ["queries.jsonl": Self.queries, "qrels/test.tsv": "q\t\(composed)\t1\nq\t\(decomposed)\t1\n"])
    #expect(judged.lines["qrels.test.txt"]?.count == 2 && judged.summary.skipped.isEmpty)
    let topics = [composed, decomposed].map {
      "{\"number\": \"\($0)\", \"turn\": [{\"number\": 1, \"raw_utterance\": \"A?\", \"manual_rewritten_utterance\": \"A?\"}]}"
    }
    let rewritten = try ImportedFolder(.cast, ["topics.json": "[" + topics.joined(separator: ",") + "]"])
    #expect(rewritten.lines["rewrites/human.jsonl"]?.count == 2 && rewritten.summary.skipped.isEmpty)
    let logs = zip([composed, decomposed], ["Hi?", "Ho?"]).map {
      "{\"id\": \"\($0)\", \"messages\": [{\"role\": \"user\", \"content\": \"\($1)\"}]}\n"
    }
    let chats = try ImportedFolder(.openai, ["logs.jsonl": logs.joined()])
    #expect(chats.lines["conversations.jsonl"]?.count == 2 && chats.summary.skipped.isEmpty)
  }

  @Test("of passages with one id the first is kept and the others are counted")
  func samePassages() throws {
    let corpus = ["p", "p2", "p"].enumerated().map { "{\"_id\": \"\($1)\", \"text\": \"text \($0)\"}\n" }.joined()
    for keepsGoing in [false, true] {
      let result = try ImportedFolder(
        .beir, ["queries.jsonl": Self.queries, "corpus.jsonl": corpus], keepsGoing: keepsGoing)
      #expect(
        result.lines["passages.jsonl"] == [
          #"{"_id":"p","title":"","text":"text 0"}"#, #"{"_id":"p2","title":"","text":"text 1"}"#,
        ])
      #expect(result.summary.skipped == ["passages whose id is there already": 1])
      #expect(result.summary.written["passages.jsonl"] == 2)
    }
  }
}
