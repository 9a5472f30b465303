import Diagnostics
import Identifiers
import Interchange
import SparseVectors

/// Vectors out of a file of another engine.
enum EngineInput {
  case ciff(CIFFImport)
  case lines(LinesImport)

  /// - Parameter vocabulary: `nil` takes the terms of the file.
  init(
    _ path: String, _ format: EngineFormat, vocabulary: Vocabulary?, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) {
    switch format {
    case .ciff:
      self = .ciff(
        try CIFFImport(path: path, vocabulary: vocabulary, progress: progress, interruption: interruption))
    case .anserini, .seismic:
      self = .lines(
        try LinesImport(
          path: path, format == .anserini ? .anserini : .seismic, vocabulary: vocabulary, progress: progress,
          interruption: interruption))
    }
  }

  var vocabulary: Vocabulary {
    switch self {
    case .ciff(let file): file.vocabulary
    case .lines(let file): file.vocabulary
    }
  }

  /// - Parameter unknown: as of `LinesImport`; CIFF refuses terms that the vocabulary does not have.
  func forEachVector(
    unknown: ((ExternalID) -> Void)? = nil, progress: ProgressHandler?, interruption: Interruption?,
    _ body: (ExternalID, SparseVector) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    switch self {
    case .ciff(let file): try file.forEachVector(progress: progress, interruption: interruption, body)
    case .lines(let file):
      try file.forEachVector(unknown: unknown, progress: progress, interruption: interruption, body)
    }
  }
}
