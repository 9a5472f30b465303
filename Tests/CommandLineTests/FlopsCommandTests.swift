import Foundation
import Identifiers
import SparseVectors
import TestSupport
import Testing

@Suite("parlance flops")
struct FlopsCommandTests {
  static let terms: [String] = ["a", "b", "c", "d"]

  private func write(
    _ path: String, _ vectors: [[UInt32]], encoder: String = "e", terms: [String] = terms
  ) throws {
    let description = VectorsDescription(
      encoder: EncoderIdentity(digest: encoder, name: encoder),
      vocabulary: try Vocabulary(pieces: terms.map { ExternalID($0) }))
    let writer = try VectorsWriter(path: path, description: description)
    for (number, terms) in vectors.enumerated() {
      let vector = try #require(
        SparseVector(exactly: terms.map { TermID($0) }, weights: terms.map { _ in 1 }))
      try writer.append(ExternalID("\(number)"), vector)
    }
    try writer.finish()
  }

  private func flops(_ arguments: String) throws -> ParlanceResult {
    try ParlanceProcess.inFolder(of: ["broken.vectors": "no vectors"]) { folder in
      try write(folder + "/queries.vectors", [[0, 1], [1], [], [1, 2, 3]])
      try write(folder + "/passages.vectors", [[0, 1, 2], [1, 3]])
      try write(folder + "/other-encoder.vectors", [[0]], encoder: "f")
      try write(folder + "/other-terms.vectors", [[0]], terms: ["x", "y"])
      return try ParlanceProcess.run(["flops"] + arguments.split(separator: " ").map(String.init), in: folder)
    }
  }

  @Test("prints FLOPS and L0")
  func table() throws {
    let result = try flops("--queries queries.vectors --vectors passages.vectors")
    // a: 1/4 * 1/2, b: 3/4 * 1, c: 1/4 * 1/2, d: 1/4 * 1/2
    #expect(
      result.output == """
        vectors of  count  empty   L0  median  max  terms
        ──────────  ─────  ─────  ───  ──────  ───  ─────
        queries         4      1  1.5       1    3      4
        passages        2      0  2.5       2    3      4
        FLOPS 1.125: terms that a query and a passage are expected to share; 2 postings
        for a query over all passages.
        L0: active terms of a vector, the mean. terms: those active in any vector.

        """)
    #expect(result.code == 0)
  }

  @Test("--json holds the same")
  func json() throws {
    let result = try flops("--queries queries.vectors --vectors passages.vectors --json")
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(document["flops"] as? Double == 1.125)
    #expect(document["postings"] as? Double == 2.25)
    #expect((document["queries"] as? [String: Any])?["l0"] as? Double == 1.5)
  }

  @Test("vectors for other passages count only on demand, with a warning")
  func trusted() throws {
    let result = try flops("--queries other-encoder.vectors --vectors passages.vectors --trust-model")
    #expect(result.code == 0)
    #expect(result.error.contains("warning: other-encoder.vectors: it is made for passages by f"))
  }

  @Test(
    "what is wrong is told with the exit code of its kind",
    arguments: [
      ("--queries queries.vectors", 64, "--vectors"),
      ("--queries none.vectors --vectors passages.vectors", 66, "none.vectors"),
      ("--queries broken.vectors --vectors passages.vectors", 65, "broken.vectors"),
      ("--queries other-encoder.vectors --vectors passages.vectors", 65, "made for passages by f"),
      ("--queries other-terms.vectors --vectors passages.vectors", 65, "another vocabulary"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    let result = try flops(arguments)
    #expect(result.code == code)
    #expect(result.error.contains(words), "\(result.error)")
    #expect(result.output == "")
  }
}
