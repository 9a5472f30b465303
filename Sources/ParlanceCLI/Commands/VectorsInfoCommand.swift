import ArgumentParser
import BinaryFiles
import Diagnostics
import SparseVectors

/// `parlance vectors info`.
struct VectorsInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tell who made the vectors of a file, how many there are and how dense they are.",
    discussion: """
      With --verify every byte is checked; a damaged file ends with exit code 65.

      Examples:
        parlance vectors info passages.vectors
        parlance vectors info passages.vectors --verify --json
      """)

  @Argument(help: "A .vectors file.")
  var file: String

  @Flag(help: "Check every byte of the file.")
  var verify = false

  @Flag(help: "Print one JSON document.")
  var json = false

  struct Answer: Encodable {
    struct Encoder: Encodable {
      var digest: String
      var name: String
    }

    var file: String
    var vectors: Int
    var weights: Int
    var weightKind: String
    var keptTerms: Int?
    var bytes: Int
    var encoder: Encoder
    var passageSpace: Encoder
    var vocabulary: Int
    var vocabularyDigest: String
    var idDigest: String
    var verified: Bool
  }

  func run() throws {
    let console = Console.standard
    let vectors = try VectorsFile(path: file)
    if verify {
      let bar = ProgressBar()
      defer { bar.finish() }
      try vectors.verify(progress: bar.handler, interruption: console.interruption)
    }
    let description = vectors.description
    let answer = Answer(
      file: file, vectors: vectors.count, weights: vectors.termCount,
      weightKind: description.weightKind == .float16 ? "f16" : "f32", keptTerms: description.keptTerms,
      bytes: vectors.byteCount,
      encoder: .init(digest: description.encoder.digest, name: description.encoder.name),
      passageSpace: .init(digest: description.passageSpace.digest, name: description.passageSpace.name),
      vocabulary: description.vocabulary.count, vocabularyDigest: description.vocabulary.digest,
      idDigest: vectors.idDigest.hexadecimal, verified: verify)
    if json { return try console.print(json: answer) }
    let density = vectors.count == 0 ? 0 : Double(vectors.termCount) / Double(vectors.count)
    try console.print("vectors        \(vectors.count), \((density * 10).rounded() / 10) terms each on average")
    try console.print("weights        \(answer.weightKind), \(vectors.termCount) in all, \(answer.bytes) bytes")
    if let kept = description.keptTerms { try console.print("terms kept     the \(kept) heaviest of each vector") }
    try console.print("encoder        \(description.encoder)")
    try console.print("passage space  \(description.passageSpace)")
    try console.print(
      "vocabulary     \(description.vocabulary.count) pieces (\(description.vocabulary.digest.prefix(12)))")
    try console.print("ids            \(vectors.idDigest.hexadecimal.prefix(12))")
    if verify { try console.print("checked        every byte is as it was written") }
  }
}
