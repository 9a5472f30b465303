import Diagnostics
import Foundation
import Interchange
import InvertedIndex
import SparseVectors

/// The engines that search is compared with, each over the same vectors in a form that it reads.
///
/// Those that are not installed are left out, which is said.
struct SearchPeers {
  typealias Named = (name: String, peer: Peer)

  let input: BenchmarkInput
  let passages: VectorsFile
  let queries: VectorsFile
  let folder: String

  init(_ input: BenchmarkInput, passages: VectorsFile, queries: VectorsFile, in folder: String) {
    (self.input, self.passages, self.queries, self.folder) = (input, passages, queries, folder)
  }

  /// All of them, or those that `SEARCH_PEERS` names.
  func all() throws -> [Named] {
    guard let python = input.python else { return [] }
    let wanted = ProcessInfo.processInfo.environment["SEARCH_PEERS"]?.split(separator: ",").map(String.init)
    let known: [(name: String, script: String, prepare: () throws -> [String])] = [
      ("splade-index", "search.py", forSpladeIndex), ("pisa", "engines.py", forPISA), ("bmp", "engines.py", forBMP),
      ("seismic", "engines.py", forSeismic),
    ]
    var found: [Named] = []
    for (name, script, prepare) in known where wanted?.contains(name) ?? true {
      let arguments = try prepare()
      do {
        found.append(
          (
            name,
            try Peer(
              python: python, script: input.peers + "/" + script, texts: [], arguments: arguments,
              libraries: input.libraries)
          ))
      } catch {
        print("  without \(name) (\(error)); Peers/\(script) says what it needs")
      }
    }
    return found
  }

  private func forSpladeIndex() throws -> [String] {
    let (left, right) = (folder + "/passages.npz", folder + "/queries.npz")
    try VectorsNpz.export(passages, to: left)
    try VectorsNpz.export(queries, to: right)
    return [left, right]
  }

  private func forPISA() throws -> [String] {
    try impacts(greatest: 255, passages: "passages.ciff", queries: "queries.jsonl", greatestOfQueries: 255)
    return ["pisa", folder]
  }

  /// BMP adds in 16 bits.
  private func forBMP() throws -> [String] {
    try impacts(greatest: 31, passages: "small.ciff", queries: "small-queries.jsonl", greatestOfQueries: 15)
    return ["bmp", folder]
  }

  private func forSeismic() throws -> [String] {
    let vocabulary = passages.description.vocabulary
    let lines = try LinesExport(.seismic, vocabulary: vocabulary, scale: ImpactScale(factor: 1))
    try lines.write(VectorsFiles(paths: [passages.path]), to: folder + "/passages.jsonl")
    try lines.write(VectorsFiles(paths: [queries.path]), to: folder + "/floats.jsonl")
    return ["seismic", folder]
  }

  private func impacts(greatest: Int, passages name: String, queries other: String, greatestOfQueries: Int) throws {
    let vocabulary = passages.description.vocabulary
    let vectors = try VectorsFiles(paths: [passages.path])
    let survey = try VectorSurvey(of: vectors, vocabularySize: vocabulary.count)
    try CIFFExport(vocabulary: vocabulary, scale: ImpactScale(fitting: survey, greatest: greatest))
      .write(vectors, survey, to: folder + "/" + name)
    let asked = try VectorsFiles(paths: [queries.path])
    let scale = try ImpactScale(
      fitting: VectorSurvey(of: asked, vocabularySize: vocabulary.count), greatest: greatestOfQueries)
    try LinesExport(.anserini, vocabulary: vocabulary, scale: scale).write(asked, to: folder + "/" + other)
  }
}
