import Conversations
import Foundation
import Identifiers
import SparseEncoder
import SparseVectors
import TestSupport
import Testing

@testable import Retrieval

/// Where SPLADE-tiny's terms came from, by transformers: the message of the token whose logit is a term's greatest.
@Suite(
  "the source of a term",
  .enabled(if: TestSupport.engine != nil && TestSupport.demoModel != nil, "the engine or the demo model is not there"))
struct TermSourceTests {
  static let turn = Turn(
    id: "c_3", conversation: "c", number: 3,
    messages: [
      Message(role: .user, content: "Who built the Eiffel Tower in Paris?"),
      Message(role: .assistant, content: "Gustave Eiffel's company, for the World's Fair of 1889."),
      Message(role: .user, content: "How tall is it — with the antenna?"),
      Message(role: .assistant, content: "It is 330 metres tall, antenna included."),
      Message(role: .user, content: "Can visitors climb the stairs?"),
    ])

  @Test("words of one message alone come from that message")
  func words() async throws {
    let encoder = try await SparseEncoder.open(try #require(TestSupport.demoModel))
    let query = try ConversationForm.conversation.query(for: Self.turn)
    let encoded: QueryVector = try await encoder.encode(query)
    #expect(encoded.sources.count == encoded.vector.count)
    let sources = Dictionary(
      uniqueKeysWithValues: zip(encoded.vector.terms.map { encoder.vocabulary.piece(of: $0).string }, encoded.sources))
    #expect(sources["climb"] == .message(4))
    #expect(sources["antenna"] == .message(3) || sources["antenna"] == .message(2))
    #expect(sources["paris"] == .message(0))
    #expect(sources["1889"] == .message(1))
  }

  @Test(
    "each term's message is that of the judge's greatest logit",
    .enabled(if: TestSupport.judgePython != nil, "the Python judges are not installed"))
  func judged() async throws {
    let folder = try #require(TestSupport.demoModel)
    let encoder = try await SparseEncoder.open(folder)
    let query = try ConversationForm.conversation.query(for: Self.turn)
    let encoded: QueryVector = try await encoder.encode(query)
    let judged = try Self.judge(folder, query.text)
    var compared = 0
    for (place, term) in encoded.vector.terms.enumerated() {
      guard let (segment, margin) = judged[Int(term.rawValue)], margin > 1e-4 else { continue }
      let expected = segment < 0 ? nil : query.segments[segment].source
      #expect(encoded.sources[place] == expected, "\(encoder.vocabulary.piece(of: term))")
      compared += 1
    }
    #expect(compared > 50)
  }

  /// Segment (-1: a token around the words) and distance to the second greatest logit, by term.
  private static func judge(_ folder: String, _ text: String) throws -> [Int: (segment: Int, margin: Double)] {
    let script = """
      import json, sys
      sys.path.insert(0, sys.argv[1])
      from judge import rows
      from tokenizers import Tokenizer
      folder, text = sys.argv[2:]
      tokenizer = Tokenizer.from_file(folder + "/tokenizer.json")
      tokenizer.no_padding()
      tokenizer.enable_truncation(256)
      encoding = tokenizer.encode(text)
      row = rows(folder, [encoding.ids])[0]
      spans, start = [], 0
      for segment in text.split(" [SEP] "):
          spans.append((start, start + len(segment)))
          start += len(segment) + len(" [SEP] ")
      def segment(position):
          first, last = encoding.offsets[position]
          return next((i for i, (a, b) in enumerate(spans) if first < last and a <= first < b), -1)
      print(json.dumps([[t, segment(p), m] for t, p, m in zip(row["terms"], row["positions"], row["margins"])]))
      """
    let process = Process()
    process.executableURL = URL(filePath: try #require(TestSupport.judgePython))
    process.arguments = [
      "-c", script, TestSupport.packageRoot + "/Tests/SparseEncoderTests/Goldens/Model", folder, text,
    ]
    process.standardError = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the judge failed")
    let entries = try JSONDecoder().decode([[Double]].self, from: answer)
    return Dictionary(uniqueKeysWithValues: entries.map { (Int($0[0]), (Int($0[1]), $0[2])) })
  }
}
