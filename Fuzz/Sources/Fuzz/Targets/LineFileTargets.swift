import Diagnostics
import LineFiles

enum LineFileTargets {
  static let all: [FuzzTarget] = [
    // Plain or gzip: the content decides.
    .file("lines") { path throws(ParlanceError) in
      let reader = try LineReader(path: path, maximumLineLength: 1 << 16)
      while try reader.next() != nil {}
    },
    // What an array of JSON is cut into.
    .file("elements", suffix: ".json") { path throws(ParlanceError) in
      let reader = try JSONElementReader(path: path, maximumLength: 1 << 16)
      while try reader.withNextElement({ (bytes: RawSpan) throws(ParlanceError) in bytes.byteCount }) != nil {}
    },
  ]
}
