import ArgumentParser
import BinaryFiles
import Checkpoints
import Diagnostics
import Distillation
import Reports
import TensorEngine

struct TrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Distil teachers' rankings into a student query encoder.",
    discussion: """
      The recipe names the model to start from, the passages' frozen vectors, the training sets with their .teacher files, \
      the objective, the sampling and the optimisation. The folder gets recipe.yaml with every default filled in, \
      metrics.jsonl with a line a step, training.state to resume from, and student/, a Hugging Face folder with the \
      student that validated best. Without a recipe the choices are those of Recipes/best.yaml, the best by validation \
      so far, and the files come by --set.

      Examples:
        parlance train --set student.model=model --set vectors=passages.vectors \\
          --set data.0.conversations=conversations.jsonl \\
          --set data.0.teacher=a.teacher --out runs/best
        parlance train Recipes/kld.yaml --out runs/kld
        parlance train Recipes/kld.yaml --set optimisation.epochs=5 \\
          --set objective.contrastive.weight=0.1 --out runs/contrast
        parlance train Recipes/kld.yaml --out runs/kld --resume
      """)

  @Argument(help: "The recipe, a YAML file. (default: the best one so far)")
  var recipe: String?

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("A value that wins over the recipe's, such as optimisation.epochs=5.", valueName: "key=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The folder of the run.", valueName: "dir"))
  var out: String

  @Flag(help: "Go on with the run that is there, to the same bits as if it had not stopped.")
  var resume = false

  @Flag(help: "Write samples.jsonl as well: the passages, with their teacher's scores, of each query in each step.")
  var logSamples = false

  @Option(help: ArgumentHelp("How often it is saved where the run stands; 0 is after each step.", valueName: "seconds"))
  var saveEvery = 60.0

  @Option(help: "Where the model runs: cpu, cuda, or cuda:N. (default: cpu)", transform: EncodingOptions.device)
  var device = Device.cpu

  @Option(help: ArgumentHelp("Cores to use; all by default.", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print what the run came to as one JSON document.")
  var json = false

  func validate() throws {
    if !(0...1e9).contains(saveEvery) {
      throw ValidationError("expected --save-every of 0 to 1000000000 seconds, found \(saveEvery)")
    }
    if let threads, threads < 1 { throw ValidationError("expected --threads of at least 1, found \(threads)") }
  }

  func run() async throws {
    let console = Console.standard
    let recipe =
      if let recipe { try Recipe(reading: recipe, settings: settings) } else { try Recipe.best(settings: settings) }
    let bar = ProgressBar(console)
    defer { bar.finish() }
    let student = try await Checkpoint.open(recipe.student.model, bar)
    var frozen: Checkpoint?
    if let model = recipe.student.residual?.model { frozen = try await Checkpoint.open(model, bar) }
    var passages: Checkpoint?
    if let model = recipe.student.passages?.model { passages = try await Checkpoint.open(model, bar) }
    let trainer = try Trainer(
      recipe, student: student, frozen: frozen, passages: passages, engine: .load(), device: device, cores: threads)
    Signals.endOnBrokenPipe()
    if resume, !FileNames.exists(out + "/training.state") { console.note("there is no run in \(out) yet; it begins") }
    let summary = try await trainer.train(
      into: out, resuming: resume, logsSamples: logSamples, savingEvery: .seconds(saveEvery), progress: bar.handler,
      interruption: console.interruption)
    bar.finish()
    report(summary, keeping: recipe.validation?.keep, console)
    if json { try console.print(json: summary) }
  }

  private func report(_ summary: TrainingSummary, keeping kept: Recipe.Validation.Kept?, _ console: Console) {
    var line = "\(FixedDecimal.grouped(summary.steps)) steps over \(FixedDecimal.grouped(summary.examples)) turns in "
    line += ProgressBar.time(summary.seconds)
    if let best = summary.best, let step = summary.bestStep, let measure = summary.measure {
      line +=
        "; \(kept == .last ? "last" : "best") \(measure) on the conversations held out: \(FixedDecimal.text(best, digits: 4)), after step \(step)"
    }
    console.note(line)
    let left = summary.omissions
    for (count, what) in [
      (left.turnsWithoutList, "turns have no teacher's list and are not trained on"),
      (left.turnsWithEmptyList, "turns have an empty list and are not trained on"),
      (left.goldOutsideCollection, "relevant passages are not in the collection"),
      (left.goldWithoutTerms, "relevant passages have no term in their vector; no query finds them"),
      (
        left.turnsWithoutNegatives,
        "turns have no negative: their list ends before sampling.window, or has nothing but their positives"
      ),
      (left.setsWithoutTurn, "training sets have so small a share that no turn of theirs comes in an epoch"),
      (left.turnsWithoutRewrite, "turns have no rewrite to be shown"),
      (left.turnsWithoutGold, "turns have no relevant passage; the teacher's best stands in"),
      (left.heldOutWithoutGold, "turns held out for validation have no relevant passage and are not measured"),
      (
        left.validationTurnsTrainedOn,
        "turns of validation are of conversations that are trained on; its figures are too high"
      ),
      (left.truncatedQueries, "queries were cut at the student's maximum length"),
      (summary.batchesWithoutTerms, "batches had no active term in any query and taught nothing"),
    ] where count > 0 {
      console.note("\(FixedDecimal.grouped(count)) \(what)")
    }
    console.note("the student is in \(out)/student")
  }
}
