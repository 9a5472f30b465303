import Diagnostics
@_spi(Fuzzing) import Distillation
import Identifiers
import SparseVectors

enum TeacherTargets {
  static let all: [FuzzTarget] = [
    FuzzTarget(name: "teacher") { bytes throws(ParlanceError) in
      let file = try TeacherFile(path: ScratchFile.write(ContainerRepair.repaired(bytes), suffix: ".teacher"))
      for index in 0..<min(file.count, 1000) {
        _ = try? file.list(at: index)
        _ = try? file.queryVector(at: index)
      }
      try file.verify()
    },
    // DiSCo's form of runs and judgments.
    .file("teacher-run", suffix: ".json") { path throws(ParlanceError) in
      _ = try RunImport(passages: try passages.get(), depth: 10)
        .teacher(reading: path, as: .init(name: "fuzz", kind: .run), spool: path + ".spool")
    },
    .file("teacher-qrels", suffix: ".json") { path throws(ParlanceError) in
      _ = try GoldPassages(readingFrom: path, in: try passages.get())
    },
    FuzzTarget(name: "training-state") { bytes throws(ParlanceError) in
      try TrainingState.check(ScratchFile.write(ContainerRepair.repaired(bytes), suffix: ".state"))
    },
    .file("recipe", suffix: ".yaml") { path throws(ParlanceError) in
      let recipe = try Recipe(reading: path)
      let again = try Recipe(reading: ScratchFile.write(Array(try recipe.yaml().utf8), suffix: ".again"))
      precondition(again == recipe, "what is written is not what was read")
    },
  ]

  /// Three passages, which a run may name.
  private static let passages = Result { () throws(ParlanceError) in
    let path = ScratchFile.folder + "/passages.vectors"
    let description = VectorsDescription(
      encoder: EncoderIdentity(digest: "ab", name: "fuzz"), vocabulary: try Vocabulary(pieces: ["the", "7", "##s"]))
    let writer = try VectorsWriter(path: path, description: description)
    for number in 1...3 {
      if let vector = SparseVector(exactly: [TermID(0)], weights: [Float(number)]) {
        try writer.append(ExternalID("p\(number)"), vector)
      }
    }
    try writer.finish()
    return try PassageCollection(vectors: path)
  }
}
