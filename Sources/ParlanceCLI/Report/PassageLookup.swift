import Conversations
import Diagnostics
import Identifiers
import InvertedIndex

/// Where the words of passages come from: indexes that hold them, and files of passages for the others.
struct PassageLookup {
  let indexes: [InvertedIndex]
  let files: [String]
  let interruption: Interruption

  init(indexes: [String], files: [String], interruption: Interruption) throws(ParlanceError) {
    self.indexes = try indexes.map { path throws(ParlanceError) in try InvertedIndex(path: path) }.filter(\.hasTexts)
    self.files = files
    self.interruption = interruption
  }

  func texts(of wanted: Set<ExternalID>) throws(ParlanceError) -> [ExternalID: Passage] {
    var texts: [ExternalID: Passage] = [:]
    var missing = wanted
    for index in indexes {
      for id in missing {
        guard let document = try index.document(for: id) else { continue }
        texts[id] = try index.passage(of: document)
        missing.remove(id)
      }
    }
    for file in files where !missing.isEmpty {
      let reader = try PassageReader(path: file, refusingDuplicates: false, interruption: interruption)
      while !missing.isEmpty, let passage = try reader.next() {
        if missing.remove(passage.id) != nil { texts[passage.id] = passage }
      }
    }
    return texts
  }
}
