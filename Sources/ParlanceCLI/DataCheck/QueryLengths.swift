import Conversations
import Diagnostics
import Evaluation
import Reports
import WordPiece

/// How long conversations are, and how many of them a model sees whole.
struct QueryLengths {
  private let tokenizer: WordPieceTokenizer?
  /// How many tokens a model takes.
  private let limit: Int
  private var buffer = TokenBuffer()
  /// The user's questions in each turn, this one included.
  private var questions: [Int32] = []
  /// Of whole conversations: tokens where there is a tokenizer, else words.
  private var lengths: [Int32] = []
  private var longer: [ConversationForm: Int] = [:]
  private static let forms: [ConversationForm] = [.lastTurn, .userTurns, .conversation]

  init(_ tokenizer: WordPieceTokenizer?, limit: Int) {
    self.tokenizer = tokenizer
    self.limit = limit
  }

  mutating func add(_ turn: Turn) throws(ParlanceError) {
    questions.append(Int32(clamping: turn.number))
    for form in Self.forms where form == .conversation || tokenizer != nil {
      let text = try form.query(for: turn).text
      var length = 0
      if let tokenizer {
        tokenizer.encode(text, into: &buffer)
        length = buffer.tokens.count
        if length > limit { longer[form, default: 0] += 1 }
      } else {
        length = text.split(whereSeparator: \.isWhitespace).count
      }
      if form == .conversation { lengths.append(Int32(clamping: length)) }
    }
  }

  /// What there is to say, a sentence a line.
  var findings: [String] {
    guard !questions.isEmpty else { return [] }
    var findings = ["questions so far in a turn: " + Self.spread(of: questions)]
    let unit = tokenizer == nil ? "words" : "tokens"
    findings.append("\(unit) of a whole conversation: " + Self.spread(of: lengths))
    if tokenizer == nil {
      findings.append("--model DIR counts tokens and says which turns do not fit")
    } else {
      let shares = Self.forms.map { form in
        "\(FixedDecimal.percent(Double(longer[form] ?? 0) / Double(questions.count))) as \(form.rawValue)"
      }
      findings.append("turns that do not fit in \(limit) tokens: " + shares.joined(separator: ", "))
    }
    return findings
  }

  /// What `data check --json` has of it.
  struct Summary: Encodable {
    var questionsMedian: Int
    var questionsMost: Int
    var unit: String
    var lengthMedian: Int
    var lengthMost: Int
    /// The share of turns that are longer than the limit, by form; without a tokenizer nobody knows.
    var longerThanLimit: [String: Double]?
    var limit: Int
  }

  var summary: Summary? {
    guard !questions.isEmpty else { return nil }
    let shares = Self.forms.map { ($0.rawValue, Double(longer[$0] ?? 0) / Double(questions.count)) }
    return Summary(
      questionsMedian: Self.quantile(0.5, of: questions), questionsMost: Int(questions.max() ?? 0),
      unit: tokenizer == nil ? "words" : "tokens", lengthMedian: Self.quantile(0.5, of: lengths),
      lengthMost: Int(lengths.max() ?? 0),
      longerThanLimit: tokenizer == nil ? nil : Dictionary(uniqueKeysWithValues: shares), limit: limit)
  }

  private static func spread(of values: [Int32]) -> String {
    "half up to \(quantile(0.5, of: values)), nine in ten up to \(quantile(0.9, of: values)), all up to "
      + "\(values.max() ?? 0)"
  }

  /// 0 of no values.
  private static func quantile(_ share: Double, of values: [Int32]) -> Int {
    Int(values.percentile(share) ?? 0)
  }
}
