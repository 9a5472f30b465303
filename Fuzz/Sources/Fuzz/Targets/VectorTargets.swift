import Diagnostics
import SparseVectors

enum VectorTargets {
  static let all: [FuzzTarget] = [
    .file("vectors") { path throws(ParlanceError) in
      let file = try VectorsFile(path: path)
      for position in 0..<min(file.count, 1000) { _ = try file.vector(at: position) }
      try file.verify()
    },
    // The bytes as what an interrupted writer left.
    .file("partial-vectors", suffix: ".vectors.partial") { path throws(ParlanceError) in
      let writer = try VectorsWriter(
        path: String(path.dropLast(".partial".count)), description: try description(), resuming: true)
      try writer.finish()
    },
    .file("npz", suffix: ".npz") { path throws(ParlanceError) in
      try VectorsNpz.import(path, to: path + ".vectors", encoder: EncoderIdentity(digest: "ab", name: "fuzz"))
    },
    .file("vocabulary") { path throws(ParlanceError) in
      let vocabulary = try Vocabulary(readingFrom: path)
      for term in (0..<UInt32(vocabulary.count)).map({ TermID($0) }) {
        precondition(vocabulary.term(of: vocabulary.piece(of: term)) == term, "a piece is another's")
      }
    },
    .file("vector-json") { path throws(ParlanceError) in
      let reader = try SparseVectorReader(path: path, vocabulary: try description().vocabulary)
      while try reader.next() != nil {}
    },
  ]

  private static func description() throws(ParlanceError) -> VectorsDescription {
    VectorsDescription(
      encoder: EncoderIdentity(digest: "ab", name: "fuzz"), vocabulary: try Vocabulary(pieces: ["the", "7", "##s"]))
  }
}
