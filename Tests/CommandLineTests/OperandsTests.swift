import Testing

@testable import ParlanceCLI

@Suite("the words of a step that a sweep prepares")
struct OperandsTests {
  @Test("names of subcommands are none of what is read, and other words that look like one are")
  func operands() {
    for (words, operands) in [
      (["index", "build", "--vectors", "v"], ["--vectors", "v"]), (["passages", "corpus"], ["corpus"]),
      (["rewrite", "c.jsonl"], ["c.jsonl"]), (["encode", "index", "build"], ["index", "build"]),
    ] {
      #expect(Array(ParlanceCommand.operands(of: words)) == operands)
    }
    #expect(ParlanceCommand.operands(of: ["index"]).isEmpty && ParlanceCommand.operands(of: []).isEmpty)
  }
}
