import BinaryFiles
import Diagnostics
import LineFiles
import Reports

/// Writes a report in one of its forms.
struct ReportOutput {
  let report: ExperimentReport
  let format: ReportCommand.Format
  let path: String

  func write() throws(ParlanceError) {
    switch format {
    case .html: try write(ExperimentPage(report).html)
    case .markdown: try write(report.markdown)
    case .latex: try write(report.latex)
    case .csv: try writeLines()
    case .svg: try writeDrawings()
    }
  }

  private func write(_ text: String) throws(ParlanceError) {
    guard path != "-" else { return try StandardOutput.shared.write(text) }
    try AtomicFile.write(Array(text.utf8), to: path)
  }

  private func writeLines() throws(ParlanceError) {
    let lines = try LineWriter(path: path)
    try report.csv { line throws(ParlanceError) in try lines.write(bytes: Array("\(line)\r\n".utf8)) }
    try lines.finish()
  }

  private func writeDrawings() throws(ParlanceError) {
    let charts = report.charts
    guard !charts.isEmpty else {
      throw ParlanceError(
        .usage, "there is nothing to draw: drawings need --conversations, or --queries with --index, or --training")
    }
    try FileNames.makeFolder(path)
    for (place, chart) in charts.enumerated() {
      let number = place < 9 ? "0\(place + 1)" : "\(place + 1)"
      try AtomicFile.write(Array(chart.svg().utf8), to: "\(path)/\(number)-\(Self.name(chart.title)).svg")
    }
  }

  /// A title as a file's name.
  private static func name(_ title: String) -> String {
    var name = ""
    for byte in title.lowercased().utf8 {
      let isPlain = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
      if isPlain { name.unicodeScalars.append(Unicode.Scalar(byte)) } else if !name.hasSuffix("-") { name += "-" }
    }
    return name.hasSuffix("-") ? String(name.dropLast()) : name
  }
}
