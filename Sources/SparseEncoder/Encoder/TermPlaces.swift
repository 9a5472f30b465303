package import Checkpoints
package import SparseVectors
import WordPiece

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Where in a conversation each term was said: how often in the last question, in each answer and in each question before.
///
/// Read off a query's tokens before they are cut: segments stand newest first with a separator between them. Who said which is
/// not in the text: every other segment is taken for an answer, which is wrong where questions and answers do not take turns
/// (EXPERIMENTS.md has what that costs).
package struct TermPlaces: Sendable {
  /// How often each term is in each segment, newest first.
  private let segments: [[TermID: Int]]
  private let answers: [[TermID: Int]]
  private let questions: [[TermID: Int]]
  private let questionLength: Int

  /// - Parameter tokens: of the whole query, without those around it.
  package init(tokens: some Sequence<Int32>, separator: Int32) {
    var segments: [[TermID: Int]] = [[:]]
    for token in tokens {
      if token == separator {
        segments.append([:])
      } else {
        segments[segments.count - 1][TermID(UInt32(bitPattern: token)), default: 0] += 1
      }
    }
    self.segments = segments
    answers = stride(from: 1, to: segments.count, by: 2).map { segments[$0] }
    questions = stride(from: 2, to: segments.count, by: 2).map { segments[$0] }
    questionLength = segments[0].values.reduce(0, +)
  }

  /// Whether the last question says the term.
  package func isAsked(_ term: TermID) -> Bool { segments[0][term] != nil }

  /// The numbers of `TermFactors.Feature`, in their order.
  package func features(of term: TermID) -> [Double] {
    let user = Mentions(of: term, in: questions), assistant = Mentions(of: term, in: answers)
    func number(_ isSo: Bool) -> Double { isSo ? 1 : 0 }
    return TermFactors.Feature.allCases.map { feature in
      switch feature {
      case .one: 1
      case .question: number(isAsked(term))
      case .user: number(user.count > 0)
      case .assistant: number(assistant.count > 0)
      case .both: number(user.count > 0 && assistant.count > 0)
      case .first: number(questions.last?[term] != nil)
      case .userRecency: user.recency
      case .assistantRecency: assistant.recency
      case .userShare: Double(user.count) / Double(max(1, questions.count))
      case .assistantShare: Double(assistant.count) / Double(max(1, answers.count))
      case .userCount: log1p(Double(user.count))
      case .assistantCount: log1p(Double(assistant.count))
      case .assistantFrequency: log1p(Double(assistant.frequency))
      case .depth: log1p(Double(questions.count))
      case .length: log1p(Double(questionLength))
      }
    }
  }

  /// How a term is said in messages, newest first.
  private struct Mentions {
    /// The messages that say it.
    var count = 0
    /// How often they do, all told.
    var frequency = 0
    /// 1 / n where the n-th message is the first that says it.
    var recency = 0.0

    init(of term: TermID, in messages: [[TermID: Int]]) {
      for (place, message) in messages.enumerated() {
        guard let times = message[term] else { continue }
        if count == 0 { recency = 1 / Double(place + 1) }
        count += 1
        frequency += times
      }
    }
  }
}

extension TermFactors {
  /// What multiplies the two parts of a term's weight.
  ///
  /// - Parameter isFrozen: whether the frozen encoder's vector of the last question has the term.
  package func callAsFunction(
    _ term: TermID, in places: TermPlaces, isFrozen: Bool
  ) -> (student: Float, frozen: Float) {
    let x = places.features(of: term)
    func factor(_ theta: [Float]) -> Float {
      let sum = zip(theta, x).reduce(0) { $0 + Double($1.0) * $1.1 }
      return Float(exp(min(max(sum, Self.exponents.lowerBound), Self.exponents.upperBound)))
    }
    let isOfQuestion = isFrozen || places.isAsked(term)
    return (factor(isOfQuestion ? question : history), isFrozen ? factor(frozen) : 1)
  }
}

/// The tokens of a whole query, however long, without those around it.
package struct SpokenTokens: Sendable {
  package var tokens: [Int32]
  var separator: Int32

  package var places: TermPlaces { TermPlaces(tokens: tokens, separator: separator) }
}

extension SparseEncoder {
  /// What is said in a query, its prompt included.
  package func spokenTokens(of text: String) -> SpokenTokens {
    if let queries { return queries.encoder.spokenTokens(of: text) }
    let tokens = tokenizer.encode(prompts.query + text, addSpecialTokens: false).ids
    return SpokenTokens(tokens: tokens, separator: tokenizer.id(of: "[SEP]") ?? -1)
  }
}
