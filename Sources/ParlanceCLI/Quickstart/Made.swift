import BinaryFiles
import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A note beside a file that says from what it was made, so that a file of other input is never taken for it.
struct Made {
  /// What the file is made from.
  let from: String
  /// The note's path.
  let note: String

  private var text: String? { FileManager.default.contents(atPath: note).map { String(decoding: $0, as: UTF8.self) } }

  var isBegun: Bool { text == "begun " + from }
  var isFinished: Bool { text == "made from " + from }

  func begin() throws(ParlanceError) { try AtomicFile.write(Array(("begun " + from).utf8), to: note) }
  func finish() throws(ParlanceError) { try AtomicFile.write(Array(("made from " + from).utf8), to: note) }
}
