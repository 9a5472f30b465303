public import Checkpoints
import Conversations
public import Diagnostics
import Identifiers
public import SparseVectors
public import WordPiece

/// Text in, sparse vectors out: a checkpoint with its tokenizer, its forward pass and what was chosen for it.
///
/// Passages stream through `encodeStream`; a query that somebody waits for goes through `encode(query:)`. It may be used from any
/// number of tasks at once.
///
/// ```swift
/// let checkpoint = try Checkpoint(folder: "models/splade-tiny")
/// let encoder = try SparseEncoder(checkpoint: checkpoint, forward: NativeForwardPass(checkpoint))
/// let vector = try await encoder.encode(query: "how do I undo a commit?").vector
/// ```
public struct SparseEncoder: Sendable {
  public let settings: EncoderSettings
  /// Which encoder this is: vectors may only be compared with those of an encoder that fits. Where queries have an encoder
  /// of their own, that one.
  public let identity: EncoderIdentity
  /// Which encoder the passages' is: the same, but where queries have one of their own.
  public let passageIdentity: EncoderIdentity

  /// The pieces of the model's columns; a vector's term is a position in it.
  public let vocabulary: Vocabulary
  public let tokenizer: WordPieceTokenizer
  public let licence: Licence
  /// The most tokens that a text may have in the encoder itself: the setting, the model's files and its position table, whichever
  /// is least. Queries may have another limit, ``queryMaxLength``.
  public let maxLength: Int
  let prompts: Prompts
  let forward: any ForwardPass
  /// The query side of an inference-free model.
  let staticQueries: StaticQueries?
  /// What a residual student adds to its queries.
  let residual: ResidualQueries?
  /// The encoder of queries, where it is another one.
  let queries: QueryRoute?
  /// Which terms a student's query keeps.
  let pruning: TermPruning
  /// The passage encoder that the model was distilled for; `nil` for any that is no student.
  public let passageSpace: EncoderIdentity?
  /// How a student was trained to read a turn; `nil` for any model that is none.
  public let trained: TrainedReading?

  /// - Parameters:
  ///   - forward: computes what the checkpoint's weights say.
  ///   - frozen: for a residual student the encoder in `checkpoint.frozenPart()`.
  ///   - queries: for an asymmetric model the encoder in `checkpoint.queryPart()`; without, queries go through the passages'.
  ///   - identity: when it is known already, since a large model's takes a second to compute.
  /// - Throws: `badInput` when the tokenizer has more pieces than the model has columns or should read texts otherwise than
  ///   it does, `usage` for a residual student without its frozen encoder.
  public init(
    checkpoint: Checkpoint, forward: any ForwardPass, frozen: SparseEncoder? = nil, queries: SparseEncoder? = nil,
    settings: EncoderSettings = EncoderSettings(), identity: EncoderIdentity? = nil
  ) throws(ParlanceError) {
    let tokenizer = try WordPieceTokenizer(of: checkpoint)
    let columns = checkpoint.architecture.vocabularySize
    guard tokenizer.pieces.count <= columns else {
      throw ParlanceError(
        .badInput, "the tokenizer has \(tokenizer.pieces.count) pieces and the model \(columns) columns",
        at: .init(file: checkpoint.folder))
    }
    maxLength = min(settings.maxLength(for: checkpoint), forward.longestSequence)
    guard maxLength > tokenizer.specialTokenCount() else {
      throw ParlanceError(.usage, "a max length of \(maxLength) tokens leaves no room for the text")
    }
    self.settings = settings
    self.tokenizer = tokenizer
    self.forward = forward
    licence = checkpoint.licence
    prompts = checkpoint.prompts
    let vocabulary = try Self.vocabulary(tokenizer.pieces, columns: columns)
    self.vocabulary = vocabulary
    if let queries, queries.vocabulary != vocabulary {
      throw ParlanceError(
        .badInput, "the encoders of queries and of passages have different vocabularies",
        at: .init(file: checkpoint.folder))
    }
    self.queries = queries.map { QueryRoute(encoder: $0) }
    pruning = TermPruning(
      keptTerms: checkpoint.student?.keptTerms, leastWeights: checkpoint.student?.leastWeights)
    passageIdentity =
      if let identity { identity } else { try EncoderIdentity(checkpoint: checkpoint, settings: settings) }
    self.identity = queries?.identity ?? passageIdentity
    passageSpace =
      if let queries { queries.passageSpace ?? passageIdentity } else {
        checkpoint.student.map { EncoderIdentity(digest: $0.passageSpaceDigest, name: $0.passageSpaceName) }
      }
    trained = if let queries { queries.trained } else { try Self.trained(checkpoint) }
    residual = try checkpoint.student?.residual.map { declared throws(ParlanceError) in
      guard let frozen else {
        throw ParlanceError(
          .usage, "a residual student encodes queries together with its frozen encoder, which was not opened",
          at: .init(file: checkpoint.folder))
      }
      guard (frozen.queries?.encoder ?? frozen).residual == nil else {
        throw ParlanceError(
          .badInput, "the frozen encoder of a residual student is a residual student itself, which is not read",
          at: .init(file: checkpoint.folder))
      }
      guard frozen.vocabulary == vocabulary else {
        throw ParlanceError(
          .badInput, "a residual student and its frozen encoder have different vocabularies",
          at: .init(file: checkpoint.folder))
      }
      return ResidualQueries(frozen: frozen, declared)
    }
    staticQueries = try checkpoint.staticQueries.map { side throws(ParlanceError) in
      try StaticQueries(side, checkpoint.derived, maxLength: settings.maxLength(for: side, of: checkpoint))
    }
  }

  /// A name for every column: some models have more columns than their tokenizer has pieces.
  private static func vocabulary(_ pieces: [String], columns: Int) throws(ParlanceError) -> Vocabulary {
    try Vocabulary(
      pieces: (0..<columns).map { column in
        ExternalID(column < pieces.count && !pieces[column].isEmpty ? pieces[column] : "[column \(column)]")
      })
  }

  private static func trained(_ checkpoint: Checkpoint) throws(ParlanceError) -> TrainedReading? {
    guard let declared = checkpoint.student else { return nil }
    guard let form = ConversationForm(rawValue: declared.form) else {
      let known = ConversationForm.allCases.map(\.rawValue).joined(separator: ", ")
      throw ParlanceError(
        .badInput, "the student reads conversations in the form \"\(declared.form)\"; known are \(known)",
        at: .init(file: checkpoint.folder))
    }
    return TrainedReading(form: form, maxLength: checkpoint.maxLength)
  }

  /// The most tokens of a query.
  public var queryMaxLength: Int? { queries?.encoder.queryMaxLength ?? staticQueries?.maxLength ?? maxLength }

  /// What screening has saved so far; `nil` where the forward pass cannot screen.
  public var screening: ScreeningReport? { forward.screening }

  /// Asks whether it encodes passages: a student encodes queries alone, unless its passage encoder came with it.
  ///
  /// - Throws: `badInput` for a student.
  public func checkEncodesPassages() throws(ParlanceError) {
    guard let passageSpace, queries == nil else { return }
    throw ParlanceError(
      .badInput,
      "the model \(identity.name) is a student, which encodes queries alone; encode passages with \(passageSpace), for whose "
        + "passages it was distilled")
  }

  /// Whether queries need no forward pass.
  package var isInferenceFree: Bool { staticQueries != nil }

  /// The tokens of a text, special ones included, cut to `maxLength`.
  func tokens(of text: String, buffer: inout TokenBuffer) -> TokenSequence {
    // One more than there is room for tells whether the text is cut.
    tokenizer.encode(text, maxLength: maxLength + 1, into: &buffer)
    let isTruncated = buffer.tokens.count > maxLength
    if isTruncated { tokenizer.encode(text, maxLength: maxLength, into: &buffer) }
    return TokenSequence(ids: buffer.tokens.map(\.id), isTruncated: isTruncated)
  }
}

extension SparseEncoder {
  /// The tokens of a query as the model reads them, its prompt included.
  package func queryTokens(of text: String) -> TokenSequence {
    if let queries { return queries.encoder.queryTokens(of: text) }
    var buffer = TokenBuffer()
    return tokens(of: prompts.query + text, buffer: &buffer)
  }

  /// The tokens of a passage's words, its prompt included.
  package func passageTokens(of text: String) -> TokenSequence {
    var buffer = TokenBuffer()
    return tokens(of: prompts.passage + text, buffer: &buffer)
  }
}

/// A text as the model reads it.
package struct TokenSequence: Sendable {
  package var ids: [Int32] = []
  package var isTruncated = false
}
