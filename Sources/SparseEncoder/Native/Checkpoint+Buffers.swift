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

  /// Where the quantised weight of the head is kept; `nil` where nothing is.
  var keptWeight: KeptWeight? {
    guard derived.isOn else { return nil }
    let parts = tensors.files.map { $0.digest(derived).hexadecimal } + [name(of: .decoderWeight) ?? ""]
    return KeptWeight(derived, digest: SHA256.digest(of: Array(parts.joined(separator: " ").utf8)).hexadecimal)
  }
}
