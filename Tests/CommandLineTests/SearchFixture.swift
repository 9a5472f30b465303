import Foundation
import TestSupport
import Testing

/// A small collection, conversations about it, and a BM25 index, which needs no model.
enum SearchFixture {
  static let files: [String: String] = [
    "passages.jsonl": """
    {"_id": "p1", "title": "git reset", "text": "Undoing the last commit keeps your files", "pageNumber": 7}
    {"_id": "p2", "title": "git branch", "text": "A branch is merged into another branch"}
    {"_id": "p3", "title": "git tag", "text": "A tag names a commit"}

    """,
    "turns.jsonl": """
    {"id": "c_1", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "How do I undo a commit?"}]}
    {"id": "c_2", "conversation": "c", "turn": 2, "messages": [{"role": "user", "content": "How do I undo a commit?"}, \
    {"role": "assistant", "content": "By a reset, which keeps your files."}, \
    {"role": "user", "content": "and a branch?"}]}

    """,
    "rewrites.jsonl": """
    {"id": "c_1", "text": "undo a commit"}
    {"id": "c_2", "text": "names of a tag"}

    """,
    "few.jsonl": "{\"id\": \"c_1\", \"text\": \"undo\"}\n",
    "empty.jsonl": "",
    "secret.jsonl": """
    {"id": "c_1", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "hush-hush words"}]}
    {"id": "c_2", "conversation": "c", "turn": 9, "messages": [{"role": "user", "content": "hush-hush words"}]}

    """,
    "broken.jsonl": "{\"id\": \"c_1\", \"conversation\": \"c\", \"turn\": 1, \"messages\": [\n",
    "twice.jsonl": """
    {"id": "c_1", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "a"}]}
    {"id": "c_1", "conversation": "c", "turn": 1, "messages": [{"role": "user", "content": "b"}]}

    """,
    "surrogate.jsonl":
      "{\"id\": \"c_1\", \"conversation\": \"c\", \"turn\": 1, \"messages\": [{\"role\": \"user\", \"content\": \"\\ud800\"}]}\n",
    "assistant.jsonl":
      "{\"id\": \"c_1\", \"conversation\": \"c\", \"turn\": 0, \"messages\": [{\"role\": \"assistant\", \"content\": \"a\"}]}\n",
  ]

  /// Runs `body` in a folder with the files and the index `bm25`.
  static func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    try ParlanceProcess.inFolder(of: files) { folder in
      let built = try ParlanceProcess.run(
        ["index", "build", "--bm25", "--passages", "passages.jsonl", "--out", "bm25"], in: folder)
      try #require(built.code == 0, "\(built.error)")
      return try body(folder)
    }
  }

  /// `parlance search` with arguments that have no blanks in them.
  static func search(_ arguments: String, question: String? = nil, in folder: String) throws -> ParlanceResult {
    try ParlanceProcess.run(
      ["search"] + arguments.split(separator: " ").map(String.init) + (question.map { [$0] } ?? []), in: folder)
  }

  /// Query and passage of each line of a run.
  static func pairs(_ run: String) -> [String] {
    run.split(separator: "\n").map { line in
      let columns = line.split(separator: " ")
      return columns.count == 6 ? "\(columns[0]) \(columns[2])" : "not six columns: \(line)"
    }
  }
}
