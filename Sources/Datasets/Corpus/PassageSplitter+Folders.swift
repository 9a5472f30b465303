public import Conversations
public import Diagnostics
import LineFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension PassageSplitter {
  /// Cuts every document below the folders into passages and hands them over in the order of the documents' paths.
  ///
  /// The same folders give the same passages, whatever the file system. A passage whose text is that of an earlier one
  /// is left out and counted. Files that cannot be read are counted and named in the summary, not errors.
  /// - Parameters:
  ///   - folders: the ids' paths begin below the folder; with several, each begins with its folder's name.
  ///   - receive: gets each passage; its error ends the work.
  /// - Throws: `noInput` for a folder that is missing or holds no documents, `usage` for two folders of one name,
  ///   `interrupted`, and what `receive` throws.
  /// - Complexity: memory for the documents of one folder, and 16 bytes a passage.
  public func split(
    folders: [String], progress: ProgressHandler? = nil, interruption: Interruption? = nil,
    receive: (Passage) throws(ParlanceError) -> Void
  ) throws(ParlanceError) -> CorpusSummary {
    var summary = CorpusSummary()
    var seen: Set<TextFingerprint> = []
    let files = try CorpusFile.list(folders, interruption: interruption)
    summary.files = files.count
    var done = 0
    for group in files.grouped(by: \.folder) {
      for passage in try passages(of: group, summary: &summary, interruption: interruption) {
        guard seen.insert(TextFingerprint(passage.text)).inserted else {
          summary.duplicates += 1
          continue
        }
        summary.passages += 1
        summary.words += passage.text.wordCount
        try receive(passage)
      }
      done += group.count
      progress?(Progress("splitting", completed: done, total: files.count, unit: "files"))
    }
    guard summary.passages > 0 else {
      throw ParlanceError(
        .noInput, "no text, Markdown or HTML document with text among \(files.count) files",
        at: .init(file: folders.joined(separator: ", ")))
    }
    return summary
  }

  /// The passages of one folder's documents, in the order of their paths.
  private func passages(
    of files: [CorpusFile], summary: inout CorpusSummary, interruption: Interruption?
  ) throws(ParlanceError) -> [Passage] {
    let sameNames = OtherFormats.sameNames(files)
    var others = OtherFormats()
    var passages: [[Passage]] = Array(repeating: [], count: files.count)
    // HTML first: what the folder holds of it decides which texts are other formats of it.
    let order = files.indices.sorted { left, right in
      let (first, second) = (files[left].formatRank, files[right].formatRank)
      return first == second ? left < right : first < second
    }
    for index in order {
      try interruption?.check()
      let file = files[index]
      if let reason = file.skip ?? (sameNames.contains(index) ? .otherFormat : nil) {
        summary.skip(file.path, reason)
        continue
      }
      switch file.read() {
      case .failure(let reason): summary.skip(file.path, reason.reason)
      case .success(let (document, format, isGuess)):
        if document.isEmpty {
          summary.skip(file.path, .empty)
        } else if format != .html, others.hold(document) {
          summary.skip(file.path, .otherFormat)
        } else {
          if format == .html { others.add(document) }
          if isGuess { summary.guessedEncodings.append(file.path) }
          summary.filesRead += 1
          passages[index] = self.passages(of: document, path: file.path)
        }
      }
    }
    return passages.flatMap { $0 }
  }
}

/// 128 bits of a text without its white space and letter case of the layout; two texts that share them are the same.
private struct TextFingerprint: Hashable {
  private let first: Int
  private let second: Int

  init(_ text: String) {
    var hashers = (Hasher(), Hasher())
    hashers.1.combine(1)
    for word in text.utf8.split(whereSeparator: \.isWhiteSpace) {
      for byte in word {
        hashers.0.combine(byte)
        hashers.1.combine(byte)
      }
      hashers.0.combine(UInt8(0xFF))
      hashers.1.combine(UInt8(0xFF))
    }
    first = hashers.0.finalize()
    second = hashers.1.finalize()
  }
}

extension [CorpusFile] {
  /// Runs of files with the same key, in the order of their first ones.
  fileprivate func grouped(by key: (CorpusFile) -> Substring) -> [[CorpusFile]] {
    var groups: [[CorpusFile]] = []
    var indices: [Substring: Int] = [:]
    for file in self {
      if let index = indices[key(file)] {
        groups[index].append(file)
      } else {
        indices[key(file)] = groups.count
        groups.append([file])
      }
    }
    return groups
  }
}

extension CorpusFile {
  fileprivate var formatRank: Int { DocumentFormat(fileName: name)?.rawValue ?? DocumentFormat.allCases.count }
}
