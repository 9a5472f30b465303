import BinaryFiles
import Diagnostics

enum ContainerTargets {
  /// The container of every binary format: header, sections, table, footer.
  private static let format = FileFormat(magic: "FUZZFILE", name: "specimen", version: FormatVersion(1, 0))

  static let all: [FuzzTarget] = [
    .file("sections") { path throws(ParlanceError) in
      let file = try SectionedFile(path: path, format: format)
      try file.verify()
    }
  ]
}
