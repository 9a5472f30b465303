import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import TestSupport
import Testing

@Suite("BM25 against bm25s")
struct BM25JudgeTests {
  struct Question: Encodable {
    var passages: [[String]]
    var queries: [[String]]
  }

  /// Lucene's variant of the formula, over words that are cut already, with another's code.
  static let script = """
    import json, sys, bm25s
    question = json.load(open(sys.argv[1]))
    judge = bm25s.BM25(method="lucene", k1=0.9, b=0.4)
    judge.index(question["passages"], show_progress=False)
    answer = [[float(s) for s in judge.get_scores(q)] for q in question["queries"]]
    json.dump(answer, open(sys.argv[2], "w"))
    """

  @Test(
    "scores are those of bm25s, for every passage",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed (make test brings them)"),
    arguments: [UInt64(1), 2, 3])
  func scores(seed: UInt64) throws {
    let scratch = try Scratch()
    var generator = SeededGenerator(seed: seed)
    func words(_ count: ClosedRange<Int>) -> [String] {
      // Some words are frequent, most are rare.
      (0..<Int.random(in: count, using: &generator)).map { _ in
        "w\(Int.random(in: 0...Int.random(in: 0...300, using: &generator), using: &generator))"
      }
    }
    let passages = (0..<200).map { _ in words(1...80) }
    let known = Set(passages.joined())
    let queries = (0..<40).map { _ in words(1...12).filter(known.contains) }.filter { !$0.isEmpty }
    let expected = try ask(Question(passages: passages, queries: queries), in: scratch)

    var builder = BM25IndexBuilder()
    builder.bm25.analyzer = TextAnalyzer(stopWords: .none, stemmer: .none)
    let texts = passages.enumerated().map {
      Passage(id: ExternalID("p\($0)"), title: $1[0], text: $1.dropFirst().joined(separator: " "))
    }
    try builder.build(at: scratch("index")) { () throws(ParlanceError) in Texts.source(texts) }
    let index = try InvertedIndex(path: scratch("index"))
    for (query, judged) in zip(queries, expected) {
      var scores = [Float](repeating: 0, count: passages.count)
      for hit in try index.search(index.bm25Query(query.joined(separator: " ")), k: passages.count).hits {
        scores[Int(hit.document.rawValue)] = hit.score
      }
      for (score, wanted) in zip(scores, judged) {
        #expect(abs(score - wanted) <= 2e-6 * max(1, wanted), "seed \(seed), \(query)")
      }
    }
  }

  private func ask(_ question: Question, in scratch: Scratch) throws -> [[Float]] {
    let python = try #require(TestSupport.judgePython)
    try JSONEncoder().encode(question).write(to: URL(fileURLWithPath: scratch("question")))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", Self.script, scratch("question"), scratch("answer")]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return try JSONDecoder().decode([[Float]].self, from: Data(contentsOf: URL(fileURLWithPath: scratch("answer"))))
  }
}
