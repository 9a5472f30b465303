import BinaryFiles
public import Checkpoints
public import Diagnostics
public import SparseVectors
import WordPiece

extension EncoderIdentity {
  /// The identity of a checkpoint with settings; Documentation/formats/identity.md has the recipe line by line.
  ///
  /// - Complexity: reads every byte of the weights once, unless the checkpoint's derived files tell their hash.
  /// - Throws: `noInput` when a file went away in the meantime.
  public init(checkpoint: Checkpoint, settings: EncoderSettings) throws(ParlanceError) {
    let recipe = try Self.recipe(checkpoint: checkpoint, settings: settings)
    self.init(digest: SHA256.digest(of: Array(recipe.utf8)).hexadecimal, name: checkpoint.name)
  }

  /// The text that is hashed: one `key value` a line.
  static func recipe(checkpoint: Checkpoint, settings: EncoderSettings) throws(ParlanceError) -> String {
    let shape = checkpoint.architecture
    var lines = ["parlance-encoder 2"]
    for file in checkpoint.tensors.files { lines.append("weights \(file.digest(checkpoint.derived))") }
    lines.append("architecture \(shape.family.rawValue)")
    lines.append("layers \(shape.layers)")
    lines.append("heads \(shape.heads)")
    lines.append("hidden-activation \(shape.activation.rawValue)")
    lines.append("layer-norm-epsilon \(shape.layerNormEpsilon)")
    lines += try tokenizerLines(
      checkpoint.tokenizer, checkpoint.derived, columns: checkpoint.architecture.vocabularySize, prefix: "")
    lines.append("pooling \(checkpoint.head.pooling.rawValue)")
    lines.append("activation \(checkpoint.head.activation.rawValue)")
    lines.append("max-length \(settings.maxLength(for: checkpoint))")
    lines.append("passage-text \(quoted(settings.passageText.template))")
    lines.append("passage-prompt \(quoted(checkpoint.prompts.passage))")
    lines.append("query-prompt \(quoted(checkpoint.prompts.query))")
    if let queries = checkpoint.staticQueries {
      let own = settings.maxLength(for: queries, of: checkpoint)
      if own != settings.maxLength(for: checkpoint) { lines.append("query-max-length \(own)") }
      lines.append("query-weights \(SHA256.digest(of: queries.weights.rawSpan))")
      lines += try tokenizerLines(
        queries.tokenizer, checkpoint.derived, columns: queries.weights.count, prefix: "query-")
    }
    if let student = checkpoint.student { lines += try studentLines(student, checkpoint, settings) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func studentLines(
    _ student: StudentDeclaration, _ checkpoint: Checkpoint, _ settings: EncoderSettings
  ) throws(ParlanceError) -> [String] {
    var lines = ["passage-space \(student.passageSpaceDigest)"]
    if let kept = student.keptTerms { lines.append("kept-terms \(kept)") }
    if let least = student.leastWeights { lines.append("least-weights \(SHA256.digest(of: least.rawSpan))") }
    switch student.residual?.gate {
    case nil: return lines
    case .scalar(let gate): lines.append("gate \(gate)")
    case .column(let column): lines.append("gate-column \(column)")
    case .terms(let gate): lines.append("gate-terms \(SHA256.digest(of: gate.rawSpan))")
    }
    if let factors = student.residual?.factors {
      let theta = factors.frozen + factors.question + factors.history
      lines.append("factors \(SHA256.digest(of: theta.rawSpan))")
    }
    if let frozen = try checkpoint.frozenPart() {
      let settings = settings.forFrozenPart(of: checkpoint)
      lines.append("frozen \(try EncoderIdentity(checkpoint: frozen, settings: settings).digest)")
    }
    return lines
  }

  private static func tokenizerLines(
    _ tokenizer: TokenizerFiles, _ derived: DerivedFiles, columns: Int, prefix: String
  ) throws(ParlanceError) -> [String] {
    func flag(_ value: Bool?) -> String { value.map { "\($0)" } ?? "unset" }
    func list(_ texts: [String]) -> String { texts.map(quoted).joined(separator: " ") }
    let configuration = tokenizer.configuration
    var lines: [String] = []
    var departures: [TokenizerFiles.Departure] = []
    if let path = tokenizer.tokenizerJSON ?? tokenizer.vocabulary {
      let file = try MappedFile(path: path)
      let digest = SHA256.digest(of: file.bytes)
      lines.append("\(prefix)tokenizer \(digest)")
      departures = tokenizer.departures(digest, derived, columns: columns)
    }
    lines.append("\(prefix)lowercase \(flag(configuration.lowercase))")
    lines.append("\(prefix)strip-accents \(flag(configuration.stripAccents))")
    lines.append("\(prefix)split-chinese \(flag(configuration.handleChineseCharacters))")
    lines.append("\(prefix)split-special-tokens \(configuration.splitsSpecialTokens)")
    if tokenizer.tokenizerJSON == nil {
      lines.append("\(prefix)special-tokens " + list(configuration.specialTokens))
    }
    for departure in departures { lines.append("\(prefix)\(departure.key) " + list(departure.values)) }
    return lines
  }

  /// One line whatever the text holds.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\"": quoted += "\\\""
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
