import Conversations
import Diagnostics

extension DocumentStore {
  /// Checks what checksums cannot: that ids are found by their hashes, each once, that every text can be read, and that
  /// filters are told what the texts say.
  ///
  /// - Throws: `badInput` naming the passage.
  func verifyContents(interruption: Interruption?) throws(ParlanceError) {
    for index in 0..<count {
      if index & 255 == 0 { try interruption?.check() }
      guard try passage(id(at: index)) == index else { throw contradiction("the id of passage \(index)") }
    }
    var metadata = MetadataEntries()
    try forEachText(interruption: interruption) { passage, index throws(ParlanceError) in
      if columns != nil { try metadata.add(passage.metadata, of: index) }
    }
    guard try columns?.equals(metadata) ?? true else { throw contradiction("their metadata") }
  }
}
