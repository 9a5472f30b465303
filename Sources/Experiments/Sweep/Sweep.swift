public import Evaluation

/// Many trainings that differ in what somebody wants to know about: a YAML of overrides of one recipe.
///
/// ```yaml
/// recipe: Recipes/kld.yaml
/// set: {optimisation.epochs: 2}
/// arms:
///   - {name: kld alone, set: {objective.contrastive.weight: 0}}
///   - {name: kld and contrast, set: {objective.contrastive.weight: 0.01}}
/// grid:
///   sampling.negatives: [4, 16]
/// seeds: [123, 124, 125]
/// folds: [0, 1, 2, 3, 4]
/// baseline: kld alone
/// evaluate:
///   - {conversations: data/train.jsonl, qrels: data/qrels.txt}
/// ```
///
/// Each combination of an arm, a value of each key of the grid and a draw is trained with each seed and each fold.
public struct Sweep: Sendable, Equatable {
  /// A value of a recipe's key; `value` is YAML on one line.
  public struct Setting: Sendable, Hashable {
    public var key: String
    public var value: String

    public init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }

    /// As the command line's `--set` takes it.
    public var text: String { "\(key)=\(value)" }
  }

  /// A named combination of settings.
  public struct Arm: Sendable, Hashable {
    public var name: String
    public var settings: [Setting]
  }

  /// A key with the values that are tried.
  public struct Axis: Sendable, Hashable {
    public var key: String
    public var values: [String]
  }

  /// What is made once for all runs, by a subcommand of this program.
  public struct Preparation: Sendable, Hashable {
    /// The file or folder that it makes; what is there is not made again.
    public var makes: String
    /// The subcommand's words; `{out}` stands for what it makes.
    public var command: [String]
  }

  /// Turns that the students are measured on.
  public struct Judged: Sendable, Hashable {
    public var name: String
    public var conversations: String
    public var qrels: String
    /// The index that is searched; one of the recipe's vectors, made once, when it is left out.
    public var index: String?
    /// Whether only turns of conversations in the run's held-out fold are measured, so that over all folds each turn is
    /// measured by a student that has not seen it.
    public var heldOut: Bool
  }

  /// What the machine gives.
  public struct Budget: Sendable, Hashable {
    /// Cores in all; those of the machine when left out.
    public var cores: Int?
    public var coresPerRun = 1
    /// Gibibytes in all; three quarters of the machine's when left out.
    public var memory: Double?
    /// Gibibytes that a run is taken to need until one has shown what it does.
    public var memoryPerRun = 1.5
  }

  /// Less of everything, to see within the hour whether it is worth the day.
  public struct Quick: Sendable, Hashable {
    public var settings: [Setting] = []
    /// The names of the arms that stay; all of them when left out.
    public var arms: [String]?
    public var seeds: [UInt64]?
    public var folds: [Int]?
  }

  public var name = ""
  /// What the sweep asks, and the one test that answers; shown in its report.
  public var question: String?
  public var hypothesis: String?
  /// The recipe's file.
  public var recipe = ""
  public var settings: [Setting] = []
  public var arms: [Arm] = []
  public var grid: [Axis] = []
  public var random: RandomDraws?
  /// Of `optimisation.seed`; the recipe's own when empty.
  public var seeds: [UInt64] = []
  /// Of `validation.fold`; the recipe's own when empty.
  public var folds: [Int] = []
  /// The arm that the others are compared with; the first when left out.
  public var baseline: String?
  public var prepare: [Preparation] = []
  public var evaluate: [Judged] = []
  public var measures: [Measure] = Sweep.standardMeasures
  /// Passages that are retrieved for a turn.
  public var depth = 100
  public var budget = Budget()
  /// Whether each run's student stays, or only its figures and rankings.
  public var keepsStudents = true
  public var quick: Quick?

  public init() {}

  public static let standardMeasures = ["nDCG@3", "RR", "R@10", "R@100"].compactMap { try? Measure(parsing: $0) }
}
