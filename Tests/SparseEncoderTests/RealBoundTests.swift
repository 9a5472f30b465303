import Checkpoints
import Conversations
import Diagnostics
import Foundation
import TestSupport
import Testing
import WordPiece
import WorkerThreads

@testable import ModelKernels
@testable import SparseEncoder

/// The theorem of Documentation/screened-head.md on the demo model: paragraphs of this package's documentation, or the passages of
/// the file that `PARLANCE_BOUND_PASSAGES` names, some four million pairs for each.
@Suite(
  "no logit of real text is above its bound",
  .enabled(if: TestSupport.demoModel != nil, "the demo model is not there"))
struct RealBoundTests {
  private static let kernels = ["avx512vnni", "avxvnni", "avx2", "neon", "scalar"].filter {
    KernelChoice(named: "screen-" + $0).screenName == $0
  }

  /// Hidden states of some texts as the head gets them, and the head's weights.
  private struct Head {
    let width: Int
    let starts: [Int32]
    var hidden, weight, bias: [Float]

    /// - Parameter longest: the most tokens of a text.
    init(_ texts: [String], longest: Int) throws {
      let checkpoint = try Checkpoint(folder: #require(TestSupport.demoModel))
      let tokenizer = try WordPieceTokenizer(checkpoint.tokenizer)
      let batch = PackedBatch(texts.map { tokenizer.encode($0, maxLength: longest).ids })
      let model = try NativeModel(checkpoint, kernels: .standard)
      let workspace = NativeWorkspace(members: 1)
      workspace.reserve(tokens: batch.tokens.count, longest: longest, for: model)
      model.transformed(batch.tokens, starts: batch.starts, in: workspace, by: .alone)
      (width, starts) = (model.width, batch.starts)
      hidden = (0..<batch.tokens.count * width).map { workspace.attended[$0] }
      weight = try checkpoint.floats(.wordEmbeddings)
      bias = try checkpoint.floats(.decoderBias)
    }

    /// One column in so many, where all would take long in debug.
    mutating func keep(oneColumnIn step: Int) {
      let columns = stride(from: 0, to: bias.count, by: step)
      weight = columns.flatMap { weight[$0 * width..<($0 + 1) * width] }
      bias = columns.map { bias[$0] }
    }

    func audit(_ kernel: String) throws -> BoundAudit {
      let head = VocabularyHead(
        weight: FloatBuffer(weight), bias: bias, width: width, sums: false,
        kernels: KernelChoice(named: "screen-" + kernel))
      return try #require(head.audit(FloatBuffer(hidden), starts: starts))
    }
  }

  /// Of each page the first paragraph that is long enough.
  private static func paragraphs(_ count: Int) throws -> [String] {
    let folder = TestSupport.packageRoot + "/Documentation"
    let pages = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".md") }.sorted()
    return try pages.compactMap { page in
      try String(contentsOfFile: folder + "/" + page, encoding: .utf8).components(separatedBy: "\n\n")
        .first { $0.count > 200 && !$0.hasPrefix("#") && !$0.hasPrefix("|") }
    }.prefix(count).map { String($0) }
  }

  @Test("for every token and every column, by every kernel of this machine", arguments: kernels)
  func everyPair(kernel: String) throws {
    let head = try Head(Self.paragraphs(2), longest: 8)
    let audit = try head.audit(kernel)
    #expect(audit.pairs == 16 * 30_522 && audit.broken == 0)
    #expect(audit.positive > 0 && audit.survivors >= audit.positive && audit.survivors < audit.pairs / 50)
  }

  @Test("with a centre, which many tokens bring")
  func centre() throws {
    var head = try Head(Self.paragraphs(6), longest: 64)
    try #require(head.starts.last ?? 0 >= 256)
    head.keep(oneColumnIn: 10)
    let audit = try head.audit(try #require(Self.kernels.first))
    #expect(audit.broken == 0 && audit.positive > 0)
  }

  @Test(
    "when the weights are made to break it",
    arguments: ["outlying dimensions", "huge biases", "zeros", "denormal numbers", "a bias at the bound"])
  func hardWeights(what: String) throws {
    var head = try Head(Self.paragraphs(1), longest: 8)
    head.keep(oneColumnIn: 5)
    let (width, columns) = (head.width, head.bias.count)
    switch what {
    case "outlying dimensions":
      for place in stride(from: 3, to: head.hidden.count, by: width) { head.hidden[place] *= 300 }
      for place in stride(from: 5, to: head.weight.count, by: width) { head.weight[place] *= 1000 }
    case "huge biases":
      for column in 0..<columns { head.bias[column] = [1e30, -1e30, 1e8, -1e8, 0][column % 5] }
    case "zeros":
      for place in head.weight.indices where place / width % 2 == 0 { head.weight[place] = 0 }
      for place in 0..<width { head.hidden[place] = 0 }
    case "denormal numbers":
      let tiny = Float.leastNormalMagnitude / 64
      for place in head.weight.indices where place / width % 2 == 0 { head.weight[place] *= tiny }
      for place in 0..<2 * width { head.hidden[place] *= tiny }
    default:
      // The logit of the second token is moved to about 0, where rounding decides.
      for column in 0..<columns {
        head.bias[column] = -(0..<width).reduce(Float(0)) {
          $0 + head.hidden[width + $1] * head.weight[column * width + $1]
        }
      }
    }
    let kernel = Self.kernels[abs(what.utf8.count) % Self.kernels.count]
    #expect(try head.audit(kernel).broken == 0, "\(kernel)")
  }

  @Test(
    "on the passages of a file",
    .enabled(if: ProcessInfo.processInfo.environment["PARLANCE_BOUND_PASSAGES"] != nil, "no file is named"))
  func file() throws {
    let reader = try PassageReader(path: #require(ProcessInfo.processInfo.environment["PARLANCE_BOUND_PASSAGES"]))
    var (total, texts): (BoundAudit, [String]) = (BoundAudit(), [])
    func check() throws {
      if texts.isEmpty { return }
      let audit = try Head(texts, longest: 256).audit(try #require(Self.kernels.first))
      texts = []
      total.pairs += audit.pairs
      total.broken += audit.broken
      total.survivors += audit.survivors
      total.positive += audit.positive
    }
    while let passage = try reader.next() {
      texts.append(passage.title + " " + passage.text)
      if texts.count == 8 { try check() }
    }
    try check()
    #expect(total.broken == 0 && total.positive > 0)
    print("bounds: \(total)")
  }
}
