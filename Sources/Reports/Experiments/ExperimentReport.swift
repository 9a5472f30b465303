import Evaluation

/// All that a report of an experiment tells: figures with tests, costs, curves, cases to read, and how to run it again.
///
/// `ExperimentPage` makes a page of it; `markdown`, `latex`, `csv(_:)` and `charts` are the other forms.
public struct ExperimentReport: Sendable {
  /// The systems on one set of turns.
  public struct Figures: Sendable {
    /// A figure of runs beside the measures, and below the table what it is.
    public struct Column: Sendable {
      public var header: String
      /// By run.
      public var values: [String: Double]
      public var note: String

      public init(header: String, values: [String: Double], note: String) {
        self.header = header
        self.values = values
        self.note = note
      }

      /// - Parameter values: of each student, over the turns that its teacher has a list for.
      public static func divergence(_ values: [String: Double]) -> Column {
        Column(
          header: "D_KL", values: values,
          note:
            "D_KL: the divergence of the student from its teacher over the teacher's whole list, the mean over turns.")
      }
    }

    public var name: String
    /// With intervals of the means, and a comparison where there is a baseline.
    public var report: EvaluationReport
    /// Further columns of the table.
    public var extra: [Column] = []
    /// What else is to be known of the figures, below their table.
    public var notes: [String] = []
    /// Whether the turns are some of those of the set before it: tables are enough, and each value is told once.
    public var isPart = false

    public init(
      name: String, report: EvaluationReport, extra: [Column] = [], notes: [String] = [], isPart: Bool = false
    ) {
      self.name = name
      self.report = report
      self.extra = extra
      self.notes = notes
      self.isPart = isPart
    }
  }

  /// A figure of training by step, for each run.
  public struct Training: Sendable {
    public var title: String
    public var figure: String
    public var series: [Chart.Series]

    public init(title: String, figure: String, series: [Chart.Series]) {
      self.title = title
      self.figure = figure
      self.series = series
    }
  }

  /// A turn on which two systems differ, as a person reads it.
  public struct Case: Sendable {
    /// What a system searched for at one turn of the conversation.
    public struct Terms: Sendable {
      public var turn: Int
      public var question: String
      /// The heaviest, those first; `isNew` where the query of the turn before did not have it.
      public var terms: [(piece: String, weight: Double, isNew: Bool)]
      /// All of them, shown or not.
      public var count: Int

      public init(turn: Int, question: String, terms: [(piece: String, weight: Double, isNew: Bool)], count: Int) {
        self.turn = turn
        self.question = question
        self.terms = terms
        self.count = count
      }
    }

    /// The one of several seeds whose ranking and terms are shown.
    public struct Seed: Sendable {
      public var seed: UInt64
      /// So many there are.
      public var count: Int
      /// What it has by itself.
      public var value: Double

      public init(seed: UInt64, count: Int, value: Double) {
        self.seed = seed
        self.count = count
        self.value = value
      }
    }

    public var id: String
    public var turn: Int
    public var question: String
    /// Who said what before, oldest first.
    public var history: [(speaker: String, text: String)]
    /// Of the measure, by the baseline and by the other system.
    public var values: (baseline: Double, other: Double)
    /// Of a system whose value is a mean over seeds.
    public var seeds: (baseline: Seed?, other: Seed?)
    public var columns: [ComparisonPage.Column]
    /// By system, its queries from the first turn to this one.
    public var terms: [(system: String, turns: [Terms])]

    public init(
      id: String, turn: Int, question: String, history: [(speaker: String, text: String)],
      values: (baseline: Double, other: Double), seeds: (baseline: Seed?, other: Seed?) = (nil, nil),
      columns: [ComparisonPage.Column],
      terms: [(system: String, turns: [Terms])]
    ) {
      self.id = id
      self.turn = turn
      self.question = question
      self.history = history
      self.values = values
      self.seeds = seeds
      self.columns = columns
      self.terms = terms
    }

    public var difference: Double { values.other - values.baseline }
  }

  /// Where one system is better and worse than another.
  public struct Cases: Sendable {
    public var baseline: String
    public var other: String
    public var measure: String
    public var counts: (better: Int, worse: Int, same: Int)
    /// The greatest differences first.
    public var wins: [Case]
    public var losses: [Case]

    public init(
      baseline: String, other: String, measure: String, counts: (better: Int, worse: Int, same: Int), wins: [Case],
      losses: [Case]
    ) {
      self.baseline = baseline
      self.other = other
      self.measure = measure
      self.counts = counts
      self.wins = wins
      self.losses = losses
    }
  }

  public var title: String
  public var question: String?
  public var hypothesis: String?
  public var sets: [Figures]
  /// What else there is to say, such as which arms are not finished.
  public var tables: [Table] = []
  public var training: [Training] = []
  public var cases: Cases?
  /// Command lines that make it again.
  public var commands: [String] = []
  /// Recipes with their names.
  public var recipes: [(name: String, text: String)] = []
  /// Files that it rests on.
  public var data: Table?
  public var program = ""
  /// Programs and machines that made it.
  public var makers: Table?

  public init(title: String, question: String? = nil, hypothesis: String? = nil, sets: [Figures]) {
    self.title = title
    self.question = question
    self.hypothesis = hypothesis
    self.sets = sets
  }

  /// More lines than these cannot be told apart.
  static let mostLines = 7
}
