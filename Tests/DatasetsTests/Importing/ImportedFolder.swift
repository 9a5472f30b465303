import Diagnostics
import Foundation
import TestSupport

@testable import Datasets

/// An import of files that a test writes down, and what came out of it.
struct ImportedFolder {
  var summary: ImportSummary
  /// The lines of each file, by its name below the folder.
  var lines: [String: [String]]

  init(
    _ set: ConversationSet, _ files: [String: String], prefix: String = "", keepsGoing: Bool = false
  ) throws {
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (name, text) in files {
      let url = URL(fileURLWithPath: folder + "/in/" + name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
    summary = try DatasetImport(set, prefix: prefix, keepsGoing: keepsGoing).run(
      from: [folder + "/in"], to: folder + "/out")
    lines = [:]
    for case let name as String in FileManager.default.enumerator(atPath: folder + "/out") ?? .init() {
      guard let text = try? String(contentsOfFile: folder + "/out/" + name, encoding: .utf8) else { continue }
      lines[name] = text.split(separator: "\n").map(String.init)
    }
    let start = folder + "/in/"
    summary.files = summary.files.map { .init(path: $0.path.replacingOccurrences(of: start, with: ""), role: $0.role) }
    summary.unused = summary.unused.map { $0.replacingOccurrences(of: start, with: "") }
    summary.malformed = summary.malformed.map { $0.replacingOccurrences(of: start, with: "") }
  }

  /// The turns, each as `id conversation: first > second > question`.
  func turns(_ name: String = "conversations.jsonl") throws -> [String] {
    try (lines[name] ?? []).map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
      let messages = object["messages"] as? [[String: String]] ?? []
      let texts = messages.map { ($0["role"] == "user" ? "" : "= ") + ($0["content"] ?? "") }
      return "\(object["id"] ?? "") \(object["conversation"] ?? ""): " + texts.joined(separator: " > ")
    }
  }
}
