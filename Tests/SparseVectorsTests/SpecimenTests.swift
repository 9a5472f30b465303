import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("The specimen of .vectors version 1") struct SpecimenTests {
  static let path = TestSupport.packageRoot + "/Tests/SparseVectorsTests/Goldens/v1.vectors"

  /// What the specimen holds; PARLANCE_WRITE_GOLDENS=1 writes it anew, which only a new version of the format may ask for.
  static func write(to path: String) throws {
    let encoder = EncoderIdentity(digest: String(repeating: "ab", count: 32), name: "specimen encoder")
    let description = VectorsDescription(
      encoder: encoder, passageSpace: EncoderIdentity(digest: String(repeating: "cd", count: 32), name: "its teacher"),
      vocabulary: try Vocabulary(pieces: ["[PAD]", "the", "##s", "2019", "\u{E9}", "e\u{301}"]), weightKind: .float16)
    try VectorsWriter.write(path, description) { writer throws(ParlanceError) in
      for number in 0..<300 {
        let terms = (0..<6).filter { number >> $0 & 1 == 1 }
        try writer.append(
          ExternalID("p\(number)"),
          SparseVector(exactly: terms.map { TermID(UInt32($0)) }, weights: terms.map { Float(number + $0) / 64 })
            ?? .empty)
      }
    }
  }

  @Test("it is opened, every byte of it is checked, and it is written the same today")
  func specimen() throws {
    if ProcessInfo.processInfo.environment["PARLANCE_WRITE_GOLDENS"] == "1" { try Self.write(to: Self.path) }
    let file = try VectorsFile(path: Self.path)
    try file.verify()
    #expect(file.count == 300 && file.description.weightKind == .float16)
    #expect(file.description.passageSpace.name == "its teacher")
    #expect(file.description.vocabulary.pieces[5] == "e\u{301}")
    #expect(try file.id(at: 299) == "p299")
    #expect(
      try file.vector(at: 5) == SparseVector(exactly: [TermID(0), TermID(2)], weights: [5.0 / 64, 7.0 / 64]))

    let folder = try TestSupport.temporaryFolder("specimen")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Self.write(to: folder + "/a.vectors")
    #expect(FileManager.default.contentsEqual(atPath: folder + "/a.vectors", andPath: Self.path))
  }
}
