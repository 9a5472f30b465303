import Diagnostics
import LineFiles

enum LineFileTargets {
  static let all: [FuzzTarget] = [
    // Plain or gzip: the content decides.
    .file("lines") { path throws(ParlanceError) in
      let reader = try LineReader(path: path, maximumLineLength: 1 << 16)
      while try reader.next() != nil {}
    }
  ]
}
