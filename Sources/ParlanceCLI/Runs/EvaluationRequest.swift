import Evaluation

/// Which figures of which runs are wanted, whichever command asks.
struct EvaluationRequest {
  /// In TREC's form.
  var runs: [String]
  var qrels: String
  /// As they are written on the command line.
  var measures: String
  /// A file, or the name of one of the runs.
  var baseline: String?
  var conversations: String?
  /// Whether the figures are told by turn depth as well.
  var isByTurn = false
  /// `[RUN=]FILE`, in order to say what they cost in the indexes or over the passages' vectors.
  var queries: [String] = []
  var indexes: [String] = []
  var vectors: String?
  /// `[RUN=]FILE`
  var costs: [String] = []
  var intervals = false
  var digits = 3
  var significance = BaselineComparison.Configuration()

  /// What does not go together, in the words of the command line; `nil` where all does.
  var fault: String? {
    if !indexes.isEmpty, vectors != nil { return "expected one of --index and --vectors" }
    if queries.isEmpty != (indexes.isEmpty && vectors == nil) {
      return "--queries FILE... and --index DIR... go together: the cost of queries is that of an index"
    }
    if isByTurn, conversations == nil {
      return "--by turn needs --conversations FILE, which says what turn each query is"
    }
    return nil
  }
}
