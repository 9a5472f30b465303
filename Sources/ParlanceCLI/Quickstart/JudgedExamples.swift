import BinaryFiles
import Conversations
import Diagnostics
import Identifiers
import RankedResults

/// A folder of conversations on the documents, with rewrites and judgments.
struct JudgedExamples {
  let folder: String

  var conversations: String { folder + "/conversations.jsonl" }
  var rewrites: String { folder + "/rewrites/handwritten.jsonl" }
  var qrels: String { folder + "/qrels.txt" }

  /// Where the examples of the source folder are, seen from there.
  static let standardFolder = "Examples"

  /// - Parameter named: the folder that the user named, if any.
  /// - Returns: `nil` when nobody named one and the standard one is not there.
  /// - Throws: `noInput` when a file is missing.
  static func find(_ named: String?) throws(ParlanceError) -> JudgedExamples? {
    let examples = JudgedExamples(folder: named ?? standardFolder)
    if named == nil, !FileNames.exists(examples.folder) { return nil }
    for file in [examples.conversations, examples.rewrites, examples.qrels] where !FileNames.exists(file) {
      throw ParlanceError(
        .noInput, "expected judged conversations, with rewrites and judgments; this file is missing",
        at: .init(file: file))
    }
    return examples
  }

  /// Whether the judged passages are in the collection: the examples are on one set of documents only.
  func fit(_ passages: String, console: Console) throws(ParlanceError) -> Bool {
    var judged: Set<ExternalID> = []
    for grades in try Qrels(readingFrom: qrels, interruption: console.interruption).grades.values {
      for (passage, grade) in grades where grade > 0 { judged.insert(passage) }
    }
    let reader = try PassageReader(path: passages, interruption: console.interruption)
    var found = 0
    while let passage = try reader.next() {
      if judged.contains(passage.id) { found += 1 }
    }
    if found < judged.count, found > 0 {
      console.note(
        "\(judged.count - found) of \(judged.count) judged passages are not in these documents, which are of another "
          + "version; figures are lower for it")
    }
    return found * 2 > judged.count
  }
}
