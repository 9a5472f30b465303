import BinaryFiles
import Diagnostics
import InvertedIndex
import SparseVectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Each file of a small index in turn, its checksums made true, the others as they were.
enum IndexTargets {
  static let all: [FuzzTarget] = [
    FuzzTarget(name: "index-manifest") { bytes throws(ParlanceError) in
      // The input is the JSON inside.
      let path = ScratchFile.folder + "/index/manifest"
      prepareFolder()
      let writer = try SectionedFileWriter(
        path: path, format: FileFormat(magic: "PARLINDX", name: "index manifest", version: FormatVersion(1, 0)))
      try writer.beginSection("manifest")
      try writer.write(bytes)
      try writer.commit()
      try askEverything()
    },
    damaged("index-postings", "000001.postings"),
    damaged("index-passages", "000001.passages"),
    damaged("index-vocabulary", "000001.vocabulary"),
  ]

  private static let names = ["manifest", "000001.postings", "000001.passages", "000001.vocabulary"]

  private static func damaged(_ target: String, _ name: String) -> FuzzTarget {
    FuzzTarget(name: target) { bytes throws(ParlanceError) in
      prepareFolder()
      _ = ScratchFile.write(ContainerRepair.repaired(bytes), suffix: "")
      precondition(rename(ScratchFile.folder + "/input", ScratchFile.folder + "/index/" + name) == 0)
      try askEverything()
    }
  }

  /// What a user can ask of an index, whatever each question ends with.
  private static func askEverything() throws(ParlanceError) {
    let path = ScratchFile.folder + "/index"
    _ = try InvertedIndex.verify(path: path)
    let index = try InvertedIndex(path: path)
    let terms = (0..<min(5, UInt32(clamping: index.info.vocabularySize))).map { TermID($0) }
    if let query = SparseVector(exactly: terms, weights: terms.map { Float($0.rawValue) + 0.5 }),
      let answer = try? index.search(query, k: 10)
    {
      for hit in answer.hits {
        _ = try? index.id(of: hit.document)
        _ = try? index.passage(of: hit.document)
        _ = try? index.explain(query, hit.document)
      }
    }
    for document in 0..<UInt32(min(4, index.count)) {
      _ = try? index.id(of: DocumentID(document))
      _ = try? index.passage(of: DocumentID(document))
    }
    _ = try? index.document(for: "p2")
    _ = try? index.bm25Query("the 7 words")
    _ = try? index.vocabulary()
  }

  /// The folder with the whole files of the specimen.
  private static func prepareFolder() {
    for (name, bytes) in specimen {
      _ = ScratchFile.write(bytes, suffix: "")
      precondition(rename(ScratchFile.folder + "/input", ScratchFile.folder + "/index/" + name) == 0)
    }
  }

  private static let specimen: [(String, [UInt8])] = {
    mkdir(ScratchFile.folder + "/index", 0o700)
    return names.map { ($0, Specimen.bytes("Tests/InvertedIndexTests/Goldens/index-v1/\($0)")) }
  }()
}
