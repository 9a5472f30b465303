import Diagnostics
import Identifiers
import Interchange
import SparseVectors

/// Files of other engines.
enum InterchangeTargets {
  static let all: [FuzzTarget] = [
    .file("ciff", suffix: ".ciff") { path throws(ParlanceError) in
      let file = try CIFFImport(path: path, memory: 256)
      var count = 0
      try file.forEachVector { _, vector throws(ParlanceError) in
        count += 1
        precondition(zip(vector.terms, vector.terms.dropFirst()).allSatisfy { $0 < $1 })
      }
      precondition(count == file.count, "a vector is missing")
    },
    lines("lines-anserini", .anserini), lines("lines-seismic", .seismic),
  ]

  private static func lines(_ name: String, _ format: LineFormat) -> FuzzTarget {
    .file(name, suffix: ".jsonl") { path throws(ParlanceError) in
      let file = try LinesImport(path: path, format)
      try file.forEachVector { _, vector throws(ParlanceError) in
        precondition(vector.weights.allSatisfy { $0 > 0 && $0.isFinite })
      }
    }
  }
}
