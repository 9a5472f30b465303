import BinaryFiles
import Checkpoints
import Diagnostics
import ModelKernels

extension Checkpoint {
  /// A parameter's numbers: where they are in the mapped file when they are float32, else a copy that is widened.
  func buffer(_ role: ParameterRole) throws(ParlanceError) -> FloatBuffer {
    if let place = try mappedFloats(role), let mapped = FloatBuffer(mapping: place.file, place.range) { return mapped }
    return FloatBuffer(try floats(role))
  }

  /// The bias of the vocabulary's logits. A column may be shut by minus infinity.
  ///
  /// - Throws: `badInput` for a number with which a logit is above all others or cannot be compared.
  func decoderBias() throws(ParlanceError) -> [Float] {
    let bias = try floats(.decoderBias)
    if let column = bias.firstIndex(where: { $0.isNaN || $0 == .infinity }) {
      throw ParlanceError(
        .badInput, "the bias of vocabulary column \(column) is \(bias[column]): the weights are damaged",
        at: .init(file: folder))
    }
    return bias
  }

  /// Refuses a vocabulary head that would leave columns out, or give them an infinite weight, without a word.
  ///
  /// - Complexity: reads all of the head's numbers.
  func checkDecoder() throws(ParlanceError) {
    _ = try decoderBias()
    let weight = try buffer(.decoderWeight)
    guard KernelChoice.standard.allFinite(weight, count: weight.count) else {
      throw Self.damagedDecoder(in: folder)
    }
  }

  static func damagedDecoder(in folder: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the weight of the model's vocabulary holds NaN or infinity: it is damaged", at: .init(file: folder))
  }

  /// Where the quantised weight of the head is kept; `nil` where nothing is.
  var keptWeight: KeptWeight? {
    guard derived.isOn else { return nil }
    let parts = tensors.files.map { $0.digest(derived).hexadecimal } + [name(of: .decoderWeight) ?? ""]
    return KeptWeight(derived, digest: SHA256.digest(of: Array(parts.joined(separator: " ").utf8)).hexadecimal)
  }
}
