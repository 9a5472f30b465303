import BinaryFiles
public import Diagnostics
import SparseVectors
import StrictJSON
import TensorEngine

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a run needs to go on as if it had not stopped: parameters, moments, and what the loop remembers.
///
/// Written to `training.state` in one step, so that a kill at any moment leaves the state before or after it.
@_spi(Fuzzing) public struct TrainingState {
  /// What the loop remembers beside the tensors.
  struct Memory: Codable, Equatable {
    /// Steps taken.
    var step = 0
    /// SHA-256 of the resolved recipe: another recipe does not go on with this state.
    var recipe = ""
    /// SHA-256 over what is trained on.
    var data = ""
    /// SHA-256 over the words that factors are fitted to; `nil` without factors, and for steps that another run took.
    var spoken: String?
    var best: Best?
    /// Validations since the best one.
    var validationsWithoutProgress = 0
    var frequencies: RunningFrequencies?
    var seconds = 0.0
    var batchesWithoutTerms = 0
    /// Whether the validation behind the last step was stopped before its end.
    var owesValidation: Bool?
    /// The folder of the run that took the first of these steps, where it was another.
    var stepsOf: String?

    /// Whether nothing was done yet, neither a step nor the validation before the first one.
    var isFresh: Bool { step == 0 && best == nil }

    /// The last step whose validation, if it had one, is done; below 0 before the first.
    var validatedThrough: Int { best == nil ? -1 : owesValidation == true ? step - 1 : step }

    /// Whether a run could have written it.
    fileprivate var isPlausible: Bool {
      step >= 0 && validationsWithoutProgress >= 0 && batchesWithoutTerms >= 0 && seconds >= 0
        && best.map { (0...step).contains($0.step) } ?? true && frequencies?.isPlausible ?? true
    }
  }

  /// The best validation so far.
  struct Best: Codable, Equatable {
    var step: Int
    var value: Double
  }

  private static let format = FileFormat(
    magic: "PRLTRAIN", name: "training state", version: FormatVersion(1, 0))

  /// - Parameter tensors: all that is restored, in a fixed order.
  static func write(_ memory: Memory, _ tensors: [Tensor], to path: String) throws(ParlanceError) {
    let writer = try SectionedFileWriter(path: path, format: format)
    try writer.beginSection("memory")
    try writer.write(try bytes(of: memory))
    for (place, tensor) in tensors.enumerated() {
      try writer.beginSection("tensor \(place)")
      try writer.write(try tensor.floats())
    }
    try writer.commit()
  }

  /// Writes the tensors of the state at a path once more, with another memory.
  static func copy(_ path: String, with memory: Memory, to copy: String) throws(ParlanceError) {
    let file = try SectionedFile(path: path, format: format)
    let writer = try SectionedFileWriter(path: copy, format: format)
    try writer.beginSection("memory")
    try writer.write(try bytes(of: memory))
    for name in file.sectionNames where name != "memory" {
      let tensor = try file.section(name)
      try writer.beginSection(name)
      try writer.write(try tensor.bytes())
    }
    try writer.commit()
  }

  private static func bytes(of memory: Memory) throws(ParlanceError) -> [UInt8] {
    guard let data = try? JSONEncoder().encode(memory) else {
      throw ParlanceError(.internalFault, "the training state holds a number that JSON cannot hold")
    }
    return Array(data)
  }

  /// - Throws: `noInput` when there is no such file, `badInput` when it is damaged.
  static func memory(at path: String) throws(ParlanceError) -> Memory {
    let file = try SectionedFile(path: path, format: format)
    let section = try file.section("memory")
    let bytes = try section.bytes().array()
    guard let memory = try? JSONDecoder().decode(Memory.self, from: Data(bytes)), memory.isPlausible else {
      throw ParlanceError(.badInput, "the training state makes no sense", at: .init(file: path))
    }
    return memory
  }

  /// Reads all that is in a file, without a model that it is for.
  ///
  /// - Throws: as `memory(at:)`.
  public static func check(_ path: String) throws(ParlanceError) {
    _ = try memory(at: path)
    let file = try SectionedFile(path: path, format: format)
    for name in file.sectionNames where name != "memory" { _ = try floats(of: file.section(name)) }
  }

  /// Overwrites `tensors` with what was stored, in the same order.
  static func restore(_ tensors: [Tensor], from path: String) throws(ParlanceError) {
    let file = try SectionedFile(path: path, format: format)
    for (place, tensor) in tensors.enumerated() {
      let section = try file.section("tensor \(place)")
      let numbers = try floats(of: section)
      let shape = try tensor.shape()
      guard numbers.count == shape.reduce(1, *) else {
        throw ParlanceError(
          .badInput, "the training state is of another model: tensor \(place) has another size", at: .init(file: path))
      }
      try tensor.assign(tensor.engine.tensor(numbers, shape: shape, on: tensor.device()))
    }
  }

  private static func floats(of section: Section) throws(ParlanceError) -> [Float] {
    let bytes = try section.bytes()
    var numbers: [Float] = []
    numbers.reserveCapacity(bytes.byteCount / 4)
    for place in 0..<bytes.byteCount / 4 { numbers.append(bytes.load(Float.self, at: 4 * place)) }
    return numbers
  }
}

extension Trainer {
  /// How many steps a `training.state` has taken.
  ///
  /// - Throws: `noInput`, `badInput`.
  package static func steps(takenIn state: String) throws(ParlanceError) -> Int {
    try TrainingState.memory(at: state).step
  }
}
