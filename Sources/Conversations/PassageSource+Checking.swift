package import Diagnostics
import Identifiers

extension PassageSource {
  /// Reads all passages of files once, so that a bad line and an id that is given twice are told before hours of work. It takes
  /// 10.7 to 21.3 bytes of memory a passage, 32 for moments.
  ///
  /// - Returns: how many there are.
  /// - Throws: `badInput` with file and line; `noInput`; `interrupted`.
  package static func check(
    files: [String], progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> Int {
    var seen = SeenHashes()
    var count = 0
    let source = try PassageSource(files: files, interruption: interruption)
    while let passage = try source.next() {
      if !seen.insert(passage.id),
        let first = try place(of: passage.id, in: files, before: count, interruption: interruption)
      {
        throw ParlanceError(
          .badInput, "expected each \"_id\" once, \"\(passage.id)\" is already at \(first)", at: source.location)
      }
      count += 1
      guard count.isMultiple(of: 1024) else { continue }
      try interruption?.check()
      progress?(Progress("reading", completed: count, total: nil, unit: "passages"))
    }
    return count
  }

  /// Reads the first `count` passages again: where one of them has `id`.
  private static func place(
    of id: ExternalID, in files: [String], before count: Int, interruption: Interruption?
  ) throws(ParlanceError) -> ParlanceError.Location? {
    let source = try PassageSource(files: files, interruption: interruption)
    for _ in 0..<count {
      guard let passage = try source.next() else { return nil }
      if passage.id == id { return source.location }
    }
    return nil
  }
}
