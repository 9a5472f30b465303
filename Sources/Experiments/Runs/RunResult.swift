public import Diagnostics
import StrictJSON

/// What a run came to: `result.json` in its folder, written when nothing is left to do. A run that has none is not finished.
public struct RunResult: Codable, Sendable, Equatable {
  /// A file that the run read, and what was in it.
  public struct Fingerprint: Codable, Sendable, Hashable {
    public var file: String
    public var sha256: String

    public init(file: String, sha256: String) { (self.file, self.sha256) = (file, sha256) }
  }

  /// One turn's figures.
  public struct Query: Codable, Sendable, Equatable {
    public var id: String
    public var conversation: String
    public var turn: Int
    /// In the order of the set's measures.
    public var values: [Double]
    public var terms: Int
    public var flops: Double
    public var postings: Int
    public var encodeMilliseconds: Double
    public var searchMilliseconds: Double
    /// The Kullback-Leibler divergence of the student's scores from the teacher's over the teacher's whole list; `nil` for a
    /// turn without one.
    public var divergence: Double?

    public init(
      id: String, conversation: String, turn: Int, values: [Double], terms: Int, flops: Double, postings: Int,
      encodeMilliseconds: Double, searchMilliseconds: Double, divergence: Double?
    ) {
      self.id = id
      self.conversation = conversation
      self.turn = turn
      self.values = values
      self.terms = terms
      self.flops = flops
      self.postings = postings
      self.encodeMilliseconds = encodeMilliseconds
      self.searchMilliseconds = searchMilliseconds
      self.divergence = divergence
    }
  }

  /// The turns of one of the sweep's sets.
  public struct Measured: Codable, Sendable, Equatable {
    public var name: String
    public var measures: [String]
    public var queries: [Query]
    /// How many of the turns are of conversations that the student was trained on, so that the figures are too high; `nil` for
    /// runs of versions that did not count them.
    public var turnsTrainedOn: Int?

    public init(name: String, measures: [String], queries: [Query]) {
      (self.name, self.measures, self.queries) = (name, measures, queries)
    }
  }

  public var run: String
  public var arm: String
  public var seed: UInt64?
  public var fold: Int?
  /// What tells the run from one by another recipe or measured otherwise.
  public var digest: String
  /// The recipe, every default filled in.
  public var recipe: String
  public var fingerprints: [Fingerprint]
  public var program: String
  /// `nil` for runs of versions that did not note it.
  public var maker: RunMaker?
  public var steps: Int
  public var examples: Int
  /// Of training, by the clock, whoever took the steps.
  public var seconds: Double
  /// Of the whole run, without steps that another one took.
  public var processorSeconds: Double
  /// The most memory that was resident, in bytes; of the last process, where the run was stopped in between.
  public var peakMemory: Int
  public var measured: [Measured]
  /// The folder of the run of another sweep that trained and measured it, where this one only took it over.
  public var takenFrom: String?
  /// The cores that it had, of which its bits and its latencies are; `nil` for runs of versions that did not note them.
  public var coresOfRun: Int?
  /// The run, of the sweep that it was measured in, which took the steps that this one only let its student leave after.
  public var stepsOf: String?

  public init(
    _ run: PlannedRun, digest: String, recipe: String, fingerprints: [Fingerprint], program: String,
    maker: RunMaker? = nil, steps: Int, examples: Int, seconds: Double, processorSeconds: Double, peakMemory: Int,
    measured: [Measured]
  ) {
    self.run = run.id
    arm = run.arm
    seed = run.seed
    fold = run.fold
    self.digest = digest
    self.recipe = recipe
    self.fingerprints = fingerprints
    self.program = program
    self.maker = maker
    self.steps = steps
    self.examples = examples
    self.seconds = seconds
    self.processorSeconds = processorSeconds
    self.peakMemory = peakMemory
    self.measured = measured
  }

  /// What is wrong with a result that lies in the folder of another run, as a process leaves it that began before the recipe
  /// was changed, and how to have it away.
  public func fault(as planned: PlannedRun, digest: String?, in folder: SweepFolder) -> ParlanceError? {
    guard run != planned.id || self.digest != digest else { return nil }
    return ParlanceError(
      .badInput,
      "the run \(planned.id) is finished with another recipe, or was measured otherwise; parlance runs rm "
        + "\(folder.path) \(planned.id) takes it away, or sweep into another folder",
      at: .init(file: folder.result(of: planned.id)))
  }

  /// - Throws: `cannotWrite`, `internalFault` for a number that JSON does not have.
  public func write(to path: String) throws(ParlanceError) {
    try CodableJSON.write(self, to: path, orSay: "a figure of the run is not a number")
  }

  /// - Throws: `noInput` when there is none, `badInput` for anything else than a result.
  public init(reading path: String) throws(ParlanceError) {
    self = try CodableJSON.read(
      RunResult.self, from: path, orSay: "expected the result of a run, found something else")
  }
}
