import ArgumentParser
import Diagnostics
import LineFiles
import ModelHub
import StrictJSON
import WordPiece

struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Show a text as the model sees it: pieces, ids, and where each came from.",
    discussion: """
      Offsets count Unicode scalars from 0, as Python does; --json gives UTF-8 byte offsets as well. With - the texts come \
      from standard input, one a line: a line that begins with { is a JSON object with "text" (and perhaps "id" or "_id"), any \
      other is the text itself; one line goes out for each, in the same order.

      Examples:
        parlance tokenize --model .deps/models/splade-tiny "Who built it?"
        parlance tokenize --model DIR "a question" --pair "a passage" --json
        parlance tokenize --model DIR - --json < passages.jsonl
      """)

  @Option(
    help: ArgumentHelp(
      "The model: a folder with tokenizer.json or vocab.txt, or hf:owner/name[@revision] from the hub.",
      valueName: "model"))
  var model: String

  @Argument(help: "The text, or - for standard input.")
  var text: String

  @Option(help: ArgumentHelp("A second text, as models for sentence pairs read it.", valueName: "text"))
  var pair: String?

  @Option(help: ArgumentHelp("Cut to this many tokens, special ones included.", valueName: "n"))
  var maxLength: Int?

  @Flag(name: .customLong("no-special"), help: "Leave out the special tokens around the text.")
  var withoutSpecial = false

  @Flag(help: "Print JSON: one document, or one a line with -.")
  var json = false

  func validate() throws {
    if let maxLength, maxLength < 1 { throw ValidationError("--max-length must be at least 1, found \(maxLength)") }
    if text == "-", pair != nil { throw ValidationError("--pair goes with a text, not with -") }
  }

  func run() async throws {
    let console = Console.standard
    let found = try await ModelHub().resolve(model, interruption: console.interruption)
    for line in found.notes { console.note(line) }
    let tokenizer = try WordPieceTokenizer(folder: found.folder)
    guard text == "-" else {
      let tokens = try tokenized(text, tokenizer)
      if json { return try console.print(json: tokens) }
      let idWidth = tokens.ids.map { "\($0)".count }.max() ?? 0
      let pieceWidth = tokens.pieces.map(\.count).max() ?? 0
      for (index, piece) in tokens.pieces.enumerated() {
        let id = "\(tokens.ids[index])"
        let offsets = tokens.offsets[index]
        let place = tokens.added[index] ? "added" : "\(offsets[0])..<\(offsets[1])"
        try console.print(
          String(repeating: " ", count: idWidth - id.count) + id + "  " + piece
            + String(repeating: " ", count: pieceWidth - piece.count) + "  " + place)
      }
      return
    }

    let reader = try LineReader(path: "-", interruption: console.interruption)
    while let line = try reader.nextString() {
      try console.interruption.check()
      var (id, content): (JSONValue?, String) = (nil, line)
      if line.utf8.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") {
        (id, content) = try Self.record(line, at: reader.location)
      }
      var tokens = try tokenized(content, tokenizer)
      tokens.id = id
      if json {
        try console.print(jsonLine: tokens)
      } else {
        try console.print(tokens.pieces.joined(separator: " "))
      }
      // Somebody may wait for this line before writing the next.
      try console.flush()
    }
  }

  private func tokenized(_ text: String, _ tokenizer: WordPieceTokenizer) throws(ParlanceError) -> Tokens {
    let encoding = try tokenizer.encode(
      text, pair: pair, truncation: maxLength.map { Truncation(maxLength: $0) }, addSpecialTokens: !withoutSpecial)
    return Tokens(encoding, tokenizer)
  }

  /// A line of JSONL: its id, whatever that is, and its text.
  private static func record(
    _ line: String, at location: ParlanceError.Location
  ) throws(ParlanceError) -> (id: JSONValue?, text: String) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(line.utf8), file: location.file)
    } catch {
      throw ParlanceError(.badInput, error.message, at: location)
    }
    guard let text = value["text"]?.string else {
      throw ParlanceError(.badInput, "expected the key \"text\" with a string", at: location)
    }
    return (value["id"] ?? value["_id"], text)
  }
}

/// What `tokenize --json` prints.
private struct Tokens: Encodable {
  var id: JSONValue?
  var pieces: [String]
  var ids: [Int32]
  var typeIDs: [Int32]
  /// First and last + 1, in Unicode scalars.
  var offsets: [[Int]]
  /// The same in UTF-8 bytes.
  var byteOffsets: [[Int]]
  /// Whether the post-processor added the token.
  var added: [Bool]

  enum CodingKeys: String, CodingKey {
    case id, pieces, ids, offsets, added
    case typeIDs = "type_ids"
    case byteOffsets = "byte_offsets"
  }

  init(_ encoding: Encoding, _ tokenizer: WordPieceTokenizer) {
    pieces = encoding.ids.map { tokenizer.pieces[Int($0)] }
    ids = encoding.ids
    typeIDs = encoding.typeIDs
    offsets = encoding.offsets.map { [$0.lowerBound, $0.upperBound] }
    byteOffsets = encoding.byteOffsets.map { [$0.lowerBound, $0.upperBound] }
    added = encoding.isAdded
  }
}
