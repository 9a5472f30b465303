import Diagnostics
import StrictJSON

/// What multiplies the weights of a residual student's query: `exp(theta . x)` for each term, x telling where in the
/// conversation the term was said and how often.
///
/// An encoder that reads a conversation as one text hardly knows who said a word, and nothing of what its length cut off.
public struct TermFactors: Sendable, Hashable {
  /// The numbers of x, in this order. A count is of messages that say the term; logarithms are of 1 + the count.
  public enum Feature: String, Sendable, CaseIterable {
    /// 1 for every term.
    case one
    /// 1 for a term that the last question says, 0 for any other; likewise below.
    case question
    /// Said by an earlier question.
    case user
    /// Said by an answer.
    case assistant
    /// Said by both.
    case both
    /// Said by the conversation's first question, where that is not the last one.
    case first
    /// 1 / n for a term that the n-th last of the earlier questions was the last to say, 0 for one that none says.
    case userRecency = "user_recency"
    case assistantRecency = "assistant_recency"
    /// The share of the earlier questions that say it.
    case userShare = "user_share"
    case assistantShare = "assistant_share"
    case userCount = "user_count"
    case assistantCount = "assistant_count"
    /// The logarithm of how often the answers say it, all told.
    case assistantFrequency = "assistant_frequency"
    /// The logarithm of the number of earlier questions: the same for all terms of a query.
    case depth
    /// The logarithm of the number of the last question's tokens.
    case length
  }

  /// theta for what the frozen encoder says of the last question.
  public var frozen: [Float]
  /// theta for the student's own weight of a term that the last question says or its frozen vector has.
  public var question: [Float]
  /// theta for the student's own weight of any other term.
  public var history: [Float]

  public init(frozen: [Float], question: [Float], history: [Float]) {
    let count = Feature.allCases.count
    precondition(frozen.count == count && question.count == count && history.count == count, "one number a feature")
    (self.frozen, self.question, self.history) = (frozen, question, history)
  }

  /// What `theta . x` is held between, so that no conversation makes a term vanish or swallow the others.
  package static let exponents = -5.0...3.0

  /// - Parameter fault: makes an error of what is wrong with `node`.
  init(_ node: JSONValue, _ fault: (String) -> ParlanceError) throws(ParlanceError) {
    let names = Feature.allCases.map(\.rawValue)
    let found = node["features"]?.array?.compactMap(\.string) ?? []
    guard found == names else {
      throw fault(
        "expected `factors` with the `features` \(names.joined(separator: ", ")), found \(found.joined(separator: ", "))"
      )
    }
    func numbers(_ key: String) throws(ParlanceError) -> [Float] {
      let numbers = node[key]?.array?.compactMap(\.double).map { Float($0) } ?? []
      guard numbers.count == names.count, numbers.allSatisfy(\.isFinite) else {
        throw fault("expected \(names.count) numbers as `factors.\(key)`")
      }
      return numbers
    }
    self.init(frozen: try numbers("frozen"), question: try numbers("question"), history: try numbers("history"))
  }

  func append(to json: inout JSONText) {
    json.append(raw: "{\n    \"features\": [")
    for (place, feature) in Feature.allCases.enumerated() {
      if place > 0 { json.append(raw: ", ") }
      json.append(string: feature.rawValue)
    }
    json.append(raw: "]")
    for (key, numbers) in [("frozen", frozen), ("question", question), ("history", history)] {
      json.append(raw: ",\n    ")
      json.append(string: key)
      json.append(raw: ": [")
      for (place, number) in numbers.enumerated() {
        if place > 0 { json.append(raw: ", ") }
        json.append(float: number)
      }
      json.append(raw: "]")
    }
    json.append(raw: "\n  }")
  }
}
