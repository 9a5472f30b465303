public import Diagnostics
public import Identifiers
public import SparseVectors

extension VectorsFile: PassageVectors {
  public func location(of index: Int) -> ParlanceError.Location {
    .init(file: path, component: "vector \(index)")
  }
}

/// One or several `.vectors` files of passages as one collection, one behind the other.
public struct VectorsFiles: PassageVectors {
  /// The encoder of the passages, the same in all files.
  public let passageSpace: EncoderIdentity
  public let vocabulary: Vocabulary
  /// How many terms of each passage were kept, the same in all files; all of them when `nil`.
  public let keptTerms: Int?
  public let count: Int
  /// How many terms all of them have together.
  public var termCount: Int { files.reduce(0) { $0 + $1.termCount } }

  private let files: [VectorsFile]
  /// The number of each file's first passage.
  private let firsts: [Int]

  /// - Throws: `usage` without files; `badInput` when the files are not of one encoder and vocabulary, or hold vectors of a
  ///   query encoder; as `VectorsFile`.
  public init(paths: [String]) throws(ParlanceError) {
    var files: [VectorsFile] = []
    for path in paths { files.append(try VectorsFile(path: path)) }
    guard let first = files.first else {
      throw ParlanceError(.usage, "expected at least one .vectors file of passages")
    }
    for file in files {
      let description = file.description
      guard description.encoder == description.passageSpace else {
        throw ParlanceError(
          .badInput,
          "expected vectors of passages, these are of \(description.encoder), a query encoder distilled for "
            + "\(description.passageSpace)", at: .init(file: file.path))
      }
      guard description.encoder == first.description.encoder else {
        throw ParlanceError(
          .badInput,
          "expected vectors of \(first.description.encoder), as in \(first.path), found those of \(description.encoder)",
          at: .init(file: file.path))
      }
      guard description.vocabulary == first.description.vocabulary else {
        throw ParlanceError(.badInput, "expected the vocabulary of \(first.path)", at: .init(file: file.path))
      }
      guard description.keptTerms == first.description.keptTerms else {
        func words(_ kept: Int?) -> String { kept.map { "the \($0) heaviest terms" } ?? "all terms" }
        throw ParlanceError(
          .badInput,
          "expected \(words(first.description.keptTerms)) of each passage, as in \(first.path), found "
            + words(description.keptTerms), at: .init(file: file.path))
      }
    }
    self.files = files
    passageSpace = first.description.encoder
    vocabulary = first.description.vocabulary
    keptTerms = first.description.keptTerms
    var firsts: [Int] = []
    var count = 0
    for file in files {
      firsts.append(count)
      count += file.count
    }
    self.firsts = firsts
    self.count = count
  }

  public func location(of index: Int) -> ParlanceError.Location {
    let (file, row) = place(of: index)
    return file.location(of: row)
  }

  public func id(at index: Int) throws(ParlanceError) -> ExternalID {
    let (file, row) = place(of: index)
    return try file.id(at: row)
  }

  public func vector(at index: Int) throws(ParlanceError) -> SparseVector {
    let (file, row) = place(of: index)
    return try file.vector(at: row)
  }

  private func place(of index: Int) -> (VectorsFile, Int) {
    let number = (firsts.lastIndex { $0 <= index }) ?? 0
    return (files[number], index - firsts[number])
  }
}
