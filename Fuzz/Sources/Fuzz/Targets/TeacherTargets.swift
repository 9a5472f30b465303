import Diagnostics
import Distillation

enum TeacherTargets {
  static let all: [FuzzTarget] = [
    FuzzTarget(name: "teacher") { bytes throws(ParlanceError) in
      let file = try TeacherFile(path: ScratchFile.write(ContainerRepair.repaired(bytes), suffix: ".teacher"))
      for index in 0..<min(file.count, 1000) {
        _ = try? file.list(at: index)
        _ = try? file.queryVector(at: index)
      }
      try file.verify()
    }
  ]
}
