import Evaluation
import Identifiers
import Testing

@testable import Distillation

@Suite("What the student reads of a turn")
struct ReadingChoiceTests {
  /// `[CLS] question [SEP] history… [SEP]`, with 1 and 2 as the tokens around.
  private static func example(_ conversation: String, question: Int32, history: [Int32]) -> TrainingExample {
    let tokens = [1, question, 2] + history + (history.isEmpty ? [] : [2])
    return TrainingExample(
      id: ExternalID(conversation + "_1"), conversation: ExternalID(conversation), set: 0, turn: 1,
      query: .init(tokens: tokens, question: "\(question)"), questionTokens: 3, list: 0, gold: [])
  }

  private static func choice(_ examples: [TrainingExample], foreign: Double, maxLength: Int = 256) -> ReadingChoice {
    var recipe = Recipe()
    recipe.data = [Recipe.TrainingSet()]
    recipe.optimisation.foreignHistory = foreign
    return ReadingChoice(examples, recipe: recipe, maxLength: maxLength)
  }

  private static func tokens(_ choice: ReadingChoice, _ place: Int, seed: UInt64 = 7) -> Set<[Int32]> {
    var generator = SeededGenerator(seed: seed, "test", 0)
    return Set((0..<200).map { _ in choice.reading(of: choice.examples[place], &generator).tokens })
  }

  @Test("a first question is read before the history of another conversation, never of its own")
  func foreignHistory() {
    let examples = [
      Self.example("a", question: 10, history: []), Self.example("b", question: 20, history: [21, 2, 22]),
      Self.example("a", question: 11, history: [10]),
    ]
    let seen = Self.tokens(Self.choice(examples, foreign: 0.9), 0)
    #expect(seen == [[1, 10, 2], [1, 10, 2, 21, 2, 22, 2]])
    // A question that needs its history keeps it.
    #expect(Self.tokens(Self.choice(examples, foreign: 0.9), 2) == [[1, 11, 2, 10, 2]])
  }

  @Test("a rewrite stands by itself, so it may get another conversation's history")
  func rewriteWithHistory() {
    var asked = Self.example("a", question: 11, history: [10])
    asked.rewrite = .init(tokens: [1, 12, 2], question: "12")
    let other = Self.example("b", question: 20, history: [21])
    let seen = Self.tokens(Self.choice([asked, other], foreign: 0.5), 0)
    #expect(seen == [[1, 11, 2, 10, 2], [1, 12, 2, 21, 2]])
  }

  @Test("what does not fit is cut at the maximum length, and ends with a separator")
  func maximumLength() {
    let examples = [
      Self.example("a", question: 10, history: []), Self.example("b", question: 20, history: [21, 22, 23, 24]),
    ]
    let seen = Self.tokens(Self.choice(examples, foreign: 0.9, maxLength: 6), 0)
    #expect(seen == [[1, 10, 2], [1, 10, 2, 21, 22, 2]])
  }

  @Test("without the setting a turn is its conversation")
  func off() {
    let examples = [
      Self.example("a", question: 10, history: []), Self.example("b", question: 20, history: [21]),
    ]
    #expect(Self.tokens(Self.choice(examples, foreign: 0), 0) == [[1, 10, 2]])
  }
}
