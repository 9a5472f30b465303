public import ArgumentParser
public import Distillation

/// How `teach` compares its teachers, and what it leaves out or weighs by that.
struct TeachingSelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Write how far the teachers agree, turn by turn, as JSON; a table is printed.", valueName: "file"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "What teachers should be better than, query vectors or a run. (default: the last turn, where words are encoded)",
      valueName: "file"))
  var baseline: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Leave out worse-rewrites, worse-turns, or turns of disagreement.", valueName: "what"))
  var filter: [TeachingSelection.Filter] = []

  @Option(help: ArgumentHelp("The least mean overlap of a turn's teachers. (default: 0.2)", valueName: "share"))
  var leastAgreement: Double?

  @Option(help: ArgumentHelp("What filtered turns weigh in training; 0 leaves them out. (default: 0)", valueName: "w"))
  var filteredWeight: Double?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Weigh teachers, or turns, by how far the teachers agree.", valueName: "what"))
  var consensus: [TeachingSelection.Consensus] = []

  var selection: TeachingSelection {
    var selection = TeachingSelection()
    selection.filters = Set(filter)
    selection.consensus = Set(consensus)
    selection.leastAgreement = leastAgreement ?? selection.leastAgreement
    selection.filteredWeight = filteredWeight ?? selection.filteredWeight
    return selection
  }

  var isUsed: Bool {
    report != nil || baseline != nil || !selection.isNeutral || leastAgreement != nil || filteredWeight != nil
  }

  /// Whether the teachers are compared with a baseline.
  var comparesWithBaseline: Bool { report != nil || selection.needsBaseline }

  /// - Parameters:
  ///   - canEncodeBaseline: whether there are conversations and a model, so that the last turn can be encoded.
  ///   - teachers: how many there are, however many of them know a turn.
  func validate(canEncodeBaseline: Bool, teachers: Int, combination: TeacherCombination) throws {
    if selection.needsBaseline, baseline == nil, !canEncodeBaseline {
      throw ValidationError(
        "what is worse than a baseline needs one: --baseline FILE, or conversations and a model to encode the last turn"
      )
    }
    if baseline != nil, !comparesWithBaseline {
      throw ValidationError("--baseline goes with --report or --filter worse-rewrites or worse-turns")
    }
    if leastAgreement != nil, !filter.contains(.disagreement) {
      throw ValidationError("--least-agreement goes with --filter disagreement")
    }
    if filteredWeight != nil, filter.isEmpty { throw ValidationError("--filtered-weight goes with --filter") }
    if let leastAgreement, !(0...1).contains(leastAgreement) {
      throw ValidationError("expected --least-agreement from 0 to 1, found \(leastAgreement)")
    }
    if let filteredWeight, !TeachingSelection.isWeight(filteredWeight) {
      throw ValidationError(
        "expected --filtered-weight of 0, or from \(TeachingSelection.leastWeight) to 1, found \(filteredWeight)")
    }
    if selection.needsSeveralTeachers, teachers < 2 {
      throw ValidationError("--consensus and --filter disagreement compare several teachers, found \(teachers)")
    }
    if consensus.contains(.teachers), !combination.weighsTeachers {
      throw ValidationError("--consensus teachers goes with --combine rescore or mean")
    }
    if report == "-" { throw ValidationError("--report writes a file; the table goes to standard output") }
  }
}

extension TeachingSelection.Filter: ExpressibleByArgument {}
extension TeachingSelection.Consensus: ExpressibleByArgument {}
