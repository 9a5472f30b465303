import BinaryFiles
import Conversations
public import Diagnostics
public import Distillation
import Evaluation
import Identifiers
import RankedResults

/// How long the runs of a sweep take, roughly: from what finished ones took, else from how much there is to read.
public struct SweepEstimate: Sendable, Hashable {
  /// Turns that are learned from, over all epochs, and turns that are measured.
  public struct Work: Sendable, Hashable {
    public var learned: Double
    public var measured: Double
  }

  /// By the runs' names.
  public var work: [String: Work]
  /// Files whose turns are not counted, since `prepare` is still to make them.
  public private(set) var uncounted: [String]

  /// Seconds of one core for a turn that is learned from and one that is measured, and for a run's beginning and end: least
  /// squares over the first 58 runs of Recipes/findings (SPLADE-tiny, x86-64 with AVX-512, 16 passages a turn; 20 quick runs of
  /// 1,920 to 2,260 turns learned in 18 to 22 s, 38 full ones of 4,890 to 5,360 in 40 to 46 s; 130 to 495 turns
  /// measured). Larger models in proportion to their weights.
  static let standard = (learned: 0.0080, measured: 0.0063, fixed: 0.5)

  private let scale: [String: Double]

  /// Counts the turns of all files that the runs read.
  ///
  /// - Throws: `noInput` for a file that is not there, and which the sweep does not make.
  public init(_ runs: [(run: PlannedRun, recipe: Recipe)], of sweep: Sweep) throws(ParlanceError) {
    var counts: [String: Int] = [:]
    var missing: [String] = []
    /// Whether the file can be counted: not while it is still to be made. One that is missing otherwise is told by who reads it.
    func isReadable(_ path: String) -> Bool {
      guard sweep.isStillToMake(path) else { return true }
      if !missing.contains(path) { missing.append(path) }
      return false
    }
    func count(_ path: String) throws(ParlanceError) -> Double {
      if let known = counts[path] { return Double(known) }
      guard isReadable(path) else { return 0 }
      let reader = try TurnReader(path: path)
      var turns = 0
      while try reader.next() != nil { turns += 1 }
      counts[path] = turns
      return Double(turns)
    }
    /// Turns of a set that have a judgment: no others are measured.
    func judgedTurns(_ set: Sweep.Judged) throws(ParlanceError) -> Double {
      let areReadable = [set.conversations, set.qrels].map(isReadable)
      guard areReadable == [true, true] else { return 0 }
      let known = Set(try Qrels(readingFrom: set.qrels).queries())
      let reader = try TurnReader(path: set.conversations)
      var turns = 0
      while let turn = try reader.next() { turns += known.contains(turn.id) ? 1 : 0 }
      return Double(turns)
    }
    let judged = try runs.isEmpty ? [] : sweep.evaluate.map(judgedTurns)
    work = [:]
    scale = Dictionary(
      runs.map { ($0.run.id, Self.scale($0.recipe)) }, uniquingKeysWith: { first, _ in first })
    for (run, recipe) in runs {
      let folds = recipe.validation?.folds.map(Double.init)
      var learned = 0.0
      for set in recipe.data { learned += try count(set.conversations) * set.share }
      learned *= recipe.optimisation.epochs * (1 - (folds.map { 1 / $0 } ?? 0))
      var measured = 0.0
      for (set, turns) in zip(sweep.evaluate, judged) {
        measured += turns * (set.heldOut ? folds.map { 1 / $0 } ?? 1 : 1)
      }
      work[run.id] = Work(learned: learned, measured: measured)
    }
    uncounted = missing
  }

  /// By the size of the weights' file.
  private static func scale(_ recipe: Recipe) -> Double {
    guard let file = try? MappedFile(path: recipe.student.model + "/model.safetensors") else { return 1 }
    return max(0.1, Double(file.count) / 17.7e6)
  }

  /// The seconds of a run.
  ///
  /// - Parameters:
  ///   - trains: whether it takes its steps itself.
  ///   - known: seconds of all cores together that finished runs which trained took, by name.
  ///   - cores: how many a run has.
  public func seconds(of run: String, trains: Bool = true, known: [String: Double], cores: Int) -> Double {
    let weight = { (work: Work, scale: Double) in
      (work.learned * Self.standard.learned + work.measured * Self.standard.measured) * scale + Self.standard.fixed
    }
    guard var own = work[run] else { return 0 }
    if !trains { own.learned = 0 }
    let standard = weight(own, scale[run] ?? 1)
    var (took, expected) = (0.0, 0.0)
    for (name, seconds) in known {
      guard let other = work[name] else { continue }
      took += seconds
      expected += weight(other, scale[name] ?? 1)
    }
    return (expected > 0 ? standard * took / expected : standard) / Double(max(1, cores))
  }
}
