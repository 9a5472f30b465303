import Diagnostics

extension DocumentStore {
  /// Checks what checksums cannot: that ids are found by their hashes, each once, and that every text can be read.
  ///
  /// - Throws: `badInput` naming the passage.
  func verifyContents(interruption: Interruption?) throws(ParlanceError) {
    for index in 0..<count {
      if index & 255 == 0 { try interruption?.check() }
      guard try passage(id(at: index)) == index else { throw contradiction("the id of passage \(index)") }
    }
    try verifyTexts(interruption: interruption)
  }
}
