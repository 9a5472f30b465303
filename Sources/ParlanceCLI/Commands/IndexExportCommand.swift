import ArgumentParser
import Conversations
import Diagnostics
import InvertedIndex
import SparseVectors

/// `parlance index export`.
struct IndexExportCommand: ParsableCommand {
  enum Target: String, ExpressibleByArgument, CaseIterable {
    case ciff
    case anserini
    case seismic
    case vectors
  }

  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write the passages of an index for another engine.",
    discussion: """
      ciff: the Common Index File Format, for PISA, BMP and others. anserini: JSON lines for its JsonVectorCollection. \
      seismic: JSON lines with the weights as they are. vectors: a .vectors file.

      ciff and anserini have whole numbers: weights are multiplied with one scale and rounded, which is said. Deleted \
      passages stay behind.

      Examples:
        parlance index export index --to ciff --out index.ciff
        parlance index export index --to anserini --texts --out json/part.jsonl.gz
        parlance index export index --to vectors --out passages.vectors
      """)

  @Argument(help: ArgumentHelp("The folder of the index.", valueName: "dir"))
  var path: String

  @Option(name: .customLong("to"), help: "ciff, anserini, seismic or vectors.")
  var target: Target

  @Option(name: .customLong("out"), help: "Where it goes; .gz packs and - is standard output, but for vectors.")
  var output: String

  @Flag(help: "anserini, seismic: put titles and texts in as well.")
  var texts = false

  @OptionGroup(title: "Whole numbers")
  var impacts: ImpactOptions

  func validate() throws {
    try impacts.check(for: target.rawValue, isWhole: target == .ciff || target == .anserini)
    if texts, target == .ciff || target == .vectors {
      throw ValidationError("--texts goes with --to anserini and --to seismic; the others hold no texts")
    }
  }

  func run() throws {
    try OutputPath.check(output, isNotIn: path)
    let index = try InvertedIndex(path: path)
    let passages = index.storedPassages
    guard let format = EngineFormat(rawValue: target.rawValue) else { return try writeVectors(index, passages) }
    var text: (() throws(ParlanceError) -> String)?
    if texts {
      guard let source = passages.texts else {
        throw ParlanceError(.unavailable, "the index was built without texts", at: .init(file: path))
      }
      text = { () throws(ParlanceError) in
        guard let passage = try source.next() else { return "" }
        return passage.title.isEmpty ? passage.text : passage.title + "\n" + passage.text
      }
    }
    try format.write(
      passages, index.vocabulary(), impacts, description: "Parlance, passages of \(index.passageSpace.name)",
      text: text, to: output)
  }

  private func writeVectors(_ index: InvertedIndex, _ passages: StoredPassages) throws {
    let bar = ProgressBar()
    defer { bar.finish() }
    let description = VectorsDescription(
      encoder: index.passageSpace, vocabulary: try index.vocabulary(),
      weightKind: index.weights == .f16 ? .float16 : .float32, keptTerms: index.keptTerms)
    try VectorsWriter.write(output, description) { (writer: VectorsWriter) throws(ParlanceError) in
      for position in 0..<passages.count {
        try writer.append(try passages.id(at: position), try passages.vector(at: position))
        if position & 1023 == 0 {
          try Console.standard.interruption.check()
          bar.handler(Progress("exporting", completed: position, total: passages.count, unit: "passages"))
        }
      }
    }
  }
}
