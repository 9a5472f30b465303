import ArgumentParser
import Diagnostics
import Interchange
import InvertedIndex
import Reports
import SparseVectors

/// A format that other engines read or write.
enum EngineFormat: String, ExpressibleByArgument, CaseIterable {
  case ciff
  case anserini
  case seismic

  /// What a file's name says: `.ciff`, also packed.
  init?(ofFile path: String) {
    let name = path.utf8.suffix(3).elementsEqual(".gz".utf8) ? Substring(path.utf8.dropLast(3)) : path[...]
    guard name.utf8.suffix(5).elementsEqual(".ciff".utf8) else { return nil }
    self = .ciff
  }

  /// Writes vectors.
  ///
  /// - Parameters:
  ///   - text: gives each passage's text, in their order.
  ///   - description: what a CIFF file is to say about itself.
  func write(
    _ vectors: some PassageVectors, _ vocabulary: Vocabulary, _ impacts: ImpactOptions, description: String,
    text: (() throws(ParlanceError) -> String)? = nil, to output: String
  ) throws {
    let console = Console.standard
    let bar = ProgressBar()
    defer { bar.finish() }
    if self == .seismic {
      try LinesExport(.seismic, vocabulary: vocabulary, scale: ImpactScale(factor: 1)).write(
        vectors, to: output, text: text, progress: bar.handler, interruption: console.interruption)
      return
    }
    let survey = try VectorSurvey(
      of: vectors, vocabularySize: vocabulary.count, progress: bar.handler, interruption: console.interruption)
    let scale = try impacts.scale(for: survey)
    if self == .ciff {
      try CIFFExport(vocabulary: vocabulary, scale: scale, description: description).write(
        vectors, survey, to: output, progress: bar.handler, interruption: console.interruption)
    } else {
      try LinesExport(.anserini, vocabulary: vocabulary, scale: scale).write(
        vectors, to: output, text: text, progress: bar.handler, interruption: console.interruption)
    }
    bar.finish()
    Self.tell(scale, survey)
  }

  /// What was lost, on standard error.
  static func tell(_ scale: ImpactScale, _ survey: VectorSurvey) {
    guard scale.factor != 1 || !survey.areWhole else { return }
    let step = FixedDecimal.text(0.5 / scale.factor, digits: 5)
    Console.standard.note(
      "weights times \(FixedDecimal.text(scale.factor, digits: 3)) became whole numbers: each is up to \(step) off, what was less is 1"
    )
  }
}
