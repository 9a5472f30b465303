import BinaryFiles
import Conversations
import Diagnostics
import Identifiers
import LineFiles
import StrictJSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Teaches from the rewrites and trains two students, each on one half of the conversations; each is measured on the half
/// that it has not seen, so that all conversations are measured and none by a student that was trained on it.
struct TourStudent {
  /// With fewer, a half says nothing.
  static let fewestConversations = 8

  private let steps: TourSteps
  private let model: String
  private let judged: JudgedExamples
  private let conversations: Set<ExternalID>
  /// The conversations of `part-1.jsonl`, which student 1 is trained on.
  private let split: ConversationSplit?

  init(steps: TourSteps, model: String, judged: JudgedExamples) throws {
    self.steps = steps
    self.model = model
    self.judged = judged
    let turns = try TurnReader.all(judged.conversations, interruption: steps.console.interruption)
    conversations = Set(turns.map(\.conversation))
    let isEnough = conversations.count >= Self.fewestConversations
    split = isEnough ? try ConversationSplit(conversations, into: 2) : nil
  }

  var hasEnoughConversations: Bool { split != nil }

  /// Both students' answers.
  var run: TourRun {
    TourRun(
      name: "student", path: steps.path("student.trec"), queries: [1, 2].map { steps.path("student-\($0).vectors") },
      training: [1, 2].map(folder))
  }

  private var teacher: String { steps.path("handwritten.teacher") }
  private var recipe: String { steps.path("student.yaml") }
  private func half(_ number: Int) -> String { steps.path("halves/part-\(number).jsonl") }
  private func folder(_ number: Int) -> String { steps.path("student-\(number)") }

  /// The student that has not seen the conversation.
  func model(notTrainedOn conversation: ExternalID) -> String? {
    split?[conversation].map { folder($0 == 0 ? 2 : 1) + "/student" }
  }

  func teachAndTrain() async throws {
    try steps.heading("Rewrites teach: which passages they find, with which scores")
    try await steps.step(
      TeachCommand.self, "teach",
      [
        "--index", steps.path("index"), "--vectors", steps.path("passages.vectors"), "--model", model,
        "--conversations", judged.conversations, "--rewrites", judged.rewrites, "--qrels", judged.qrels,
        "--out", teacher,
      ])
    try steps.heading(
      "A student learns from one half of the conversations and is measured on the other, and the reverse")
    try await steps.step(
      DataSplitCommand.self, "data split", [judged.conversations, "--parts", "2", "--out", steps.path("halves")])
    try AtomicFile.write(Array(recipeText.utf8), to: recipe)
    for number in [1, 2] {
      try await train(number)
      try await steps.step(
        SearchCommand.self, "search",
        [
          "--index", steps.path("index"), "--model", folder(number) + "/student",
          "--conversations", half(3 - number), "--k", "100", "--tag", run.name, "--run", folder(number) + ".trec",
          "--save-queries", folder(number) + ".vectors",
        ])
    }
    try join()
  }

  /// Says what the student's row in the table rests on.
  func explain() throws {
    let half = (conversations.count + 1) / 2
    let text =
      "student: trained on the rewrites of \(half) conversations and measured on the other \(conversations.count - half), "
      + "and the reverse; no conversation is measured by a student that was trained on it, and no rewrite is read when it "
      + "is. How long and at which rate it is trained was tried out on these conversations, which flatters it a little."
    for line in ResultPage.wrapped(text, width: steps.console.width, lines: 6) { try steps.console.print(line) }
  }

  /// What to ask a student, as the end of a command line: the last turn of a conversation that it has not seen.
  func example() throws(ParlanceError) -> String {
    guard let turn = try TurnReader.all(half(2)).max(by: { $0.number < $1.number }) else { return "" }
    return "--model \(folder(1))/student --conversations \(judged.conversations) --turn \(turn.id) --explain"
  }

  // MARK: - Training

  private func train(_ number: Int) async throws {
    let folder = folder(number)
    let made = Made(from: try inputs(number), note: folder + ".made-from")
    if made.isFinished, FileNames.exists(folder + "/student/config.json") {
      try steps.console.print("\(folder)/student is trained on these conversations already")
      return
    }
    let resuming = made.isBegun && FileNames.exists(folder + "/training.state")
    if !resuming { try? FileManager.default.removeItem(atPath: folder) }
    try made.begin()
    try await steps.step(
      TrainCommand.self, "train",
      [recipe, "--set", "data.0.conversations=\(Self.yaml(half(number)))", "--out", folder]
        + (resuming ? ["--resume"] : []))
    try made.finish()
  }

  /// What a student is made from, in one digest.
  private func inputs(_ number: Int) throws(ParlanceError) -> String {
    var hash = SHA256()
    for file in [recipe, half(number), teacher, judged.qrels] {
      let mapped = try MappedFile(path: file)
      hash.update(SHA256.digest(of: mapped.bytes).hexadecimal)
    }
    return hash.finish().hexadecimal
  }

  /// Both students' runs, one behind the other.
  private func join() throws {
    let parts = [1, 2].map { folder($0) + ".trec" }
    try steps.show("cat \(parts.map(TourSteps.quoted).joined(separator: " ")) > \(TourSteps.quoted(run.path))")
    let writer = try LineWriter(path: run.path)
    for part in parts {
      let reader = try LineReader(path: part)
      while let line = try reader.next() { try writer.write(line: line) }
    }
    try writer.finish()
  }

  /// The recipe is fixed: few steps and a low rate, since the demo's conversations are few.
  private var recipeText: String {
    """
    # The demo's student: the frozen vector of the last question plus what the conversation adds to it.
    # Documentation/training.md has every key.
    student:
      model: \(Self.yaml(model))
      form: conversation
      residual: {gate: scalar}
    vectors: \(Self.yaml(steps.path("passages.vectors")))
    data:
      - conversations: \(Self.yaml(judged.conversations))
        teacher: \(Self.yaml(teacher))
        qrels: \(Self.yaml(judged.qrels))
    sampling: {strategy: uniform, window: [1, 1000], negatives: 128}
    objective:
      contrastive: {weight: 0.01}
    optimisation: {learning_rate: 3.0e-5, epochs: 3}

    """
  }

  /// A text that YAML reads as itself.
  private static func yaml(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || Array("/._+-".utf8).contains(byte)
    }
    return isPlain && text.utf8.contains(UInt8(ascii: "/")) && text.utf8.first != UInt8(ascii: "-")
      ? text : JSONValue.string(text).text
  }
}
