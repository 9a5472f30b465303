import Conversations
import Datasets
import Diagnostics
import RankedResults
import Rewriting

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

enum ImportTargets {
  /// Each importer, and the name that a file of its set has.
  private static let files: [(target: String, set: ConversationSet, file: String)] = [
    ("topiocqa", .topiocqa, "dev.json"), ("topiocqa-passages", .topiocqa, "full_wiki_segments.tsv"),
    ("disco-rewrites", .disco, "rewrites_train.tsv"), ("qrecc", .qrecc, "qrecc_train.json"),
    ("cast", .cast, "topics.json"),
    ("ikat", .ikat, "topics.json"), ("mtrag", .mtrag, "reference.jsonl"), ("orquac", .orquac, "train.txt"),
    ("beir", .beir, "queries.jsonl"), ("beir-qrels", .beir, "qrels.tsv"), ("openai", .openai, "logs.jsonl"),
    ("sharegpt", .sharegpt, "logs.json"), ("import-gz", .openai, "logs.jsonl.gz"),
  ]

  static let all: [FuzzTarget] =
    files.map { target, set, file in
      FuzzTarget(name: target.hasPrefix("import") ? target : "import-\(target)") { bytes throws(ParlanceError) in
        try read(bytes, as: file, of: set)
      }
    } + [
      FuzzTarget(name: "prompt") { bytes throws(ParlanceError) in
        _ = try PromptTemplate(parsing: String(decoding: bytes, as: UTF8.self), file: "prompt")
      },
      FuzzTarget(name: "chat-answer") { bytes throws(ParlanceError) in _ = ChatAnswer(body: bytes) },
    ]

  /// Imports one file of a set; what was written must be what the readers take.
  private static func read(_ bytes: [UInt8], as file: String, of set: ConversationSet) throws(ParlanceError) {
    let (input, output) = (ScratchFile.folder + "/in", ScratchFile.folder + "/out")
    for folder in [input, output] { try? FileManager.default.removeItem(atPath: folder) }
    try? FileManager.default.createDirectory(atPath: input, withIntermediateDirectories: true)
    ScratchFile.write(bytes, to: input + "/" + file)
    let summary = try DatasetImport(set, keepsGoing: true).run(from: [input], to: output)
    for (name, count) in summary.written {
      let path = output + "/" + name
      let found =
        if name.hasPrefix("conversations") {
          try TurnReader.all(path).count
        } else if name.hasPrefix("rewrites") {
          try Rewrites(readingFrom: path).count
        } else {
          count
        }
      precondition(found == count, "\(count) written, \(found) read")
    }
  }
}
