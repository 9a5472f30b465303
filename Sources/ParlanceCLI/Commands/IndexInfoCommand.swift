import ArgumentParser
import Diagnostics
import InvertedIndex

/// `parlance index info`.
struct IndexInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Say what an index holds.",
    discussion: """
      Examples:
        parlance index info index
        parlance index info index --json
      """)

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var path: String

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    try Self.show(InvertedIndex(path: path), asJSON: json)
  }

  static func show(_ index: InvertedIndex, asJSON: Bool) throws {
    let console = Console.standard
    let info = index.info
    if asJSON { return try console.print(json: info) }
    let hundredths = Int((info.bytesPerPosting * 100).rounded())
    let fraction = hundredths % 100
    try console.print("passages         \(info.passages)\(info.hasTexts ? ", texts inside" : ", no texts")")
    if info.deleted > 0 {
      try console.print("deleted          \(info.deleted), still in the files; parlance index merge drops them")
    }
    try console.print("postings         \(info.postings)")
    try console.print("vocabulary       \(info.vocabularySize) terms, \(info.vocabularyDigest.prefix(12))")
    try console.print("passage space    \(info.passageSpace)")
    try console.print("weights          \(info.weights.rawValue)")
    if let kept = info.keptTerms { try console.print("terms kept       the \(kept) heaviest of each passage") }
    try console.print("bytes a posting  \(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)")
    try console.print(
      "format           \(info.formatVersion), \(info.segments) segment\(info.segments == 1 ? "" : "s")")
    if info.segments > 1 || info.deleted > 0 {
      for segment in info.segmentDetails {
        try console.print(
          "segment          \(segment.passages) passages, \(segment.deleted) deleted, \(segment.bytes) bytes")
      }
    }
    if !info.metadataFields.isEmpty {
      try console.print("metadata         \(info.metadataFields.joined(separator: ", "))")
    }
    for file in info.files { try console.print("file             \(file.name), \(file.bytes) bytes") }
    try console.print("total            \(info.bytes) bytes")
  }
}
