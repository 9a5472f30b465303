import Testing

@testable import ParlanceCLI

@Suite("what files are called by")
struct StemTests {
  @Test(
    "runs, query vectors, costs and teachers are called by the last part of a path, without the extensions of our files",
    arguments: [
      ("runs/bm25.trec", "bm25"), ("student.vectors", "student"), ("a/student.costs.jsonl.gz", "student"),
      ("lists.json", "lists"), ("rewrites/gpt-4.1.jsonl", "gpt-4.1"), ("a.run.txt", "a"), ("plain", "plain"),
      ("-", "-"),
    ])
  func stems(path: String, name: String) {
    #expect(stem(of: path) == name)
  }
}
