import WordPiece

/// Throughput of the tokenizer on one thread, against Hugging Face's Rust tokenizer (`encode_batch_fast`).
enum TokenizerBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let tokenizer = try WordPieceTokenizer(folder: input.model)
    let texts = input.texts
    let megabytes = Double(texts.reduce(0) { $0 + $1.utf8.count }) / 1e6
    var buffer = TokenBuffer()
    var tokens = 0
    var contenders = [
      AlternatingRuns.Contender(name: "parlance") {
        await Cost.of {
          tokens = 0
          for text in texts {
            tokenizer.encode(text, into: &buffer)
            tokens += buffer.tokens.count
          }
        }
      }
    ]
    if let python = input.python {
      let peer = try Peer(
        python: python, script: input.peers + "/tokenizer.py", texts: texts, arguments: [input.model])
      contenders.append(.init(name: "tokenizers (Rust)") { try peer.run() })
    }
    try await AlternatingRuns(rounds: 7, amount: megabytes, unit: "MB").compare(contenders)
    print("  \(tokens) tokens in \(rounded(megabytes)) MB")
  }
}
