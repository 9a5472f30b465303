import CKernels

/// The weight of a linear layer in the order in which products read it, with its bias.
public struct PackedMatrix: Sendable {
  public let outputs, inputs: Int
  let packed, bias: FloatBuffer

  /// A part of the outputs: a weight of rows by `inputs` columns as PyTorch's `Linear` has it, and a number for each row.
  public typealias Part = (weight: FloatBuffer, bias: [Float])

  /// Lays the outputs of several layers with the same input side by side.
  public init(_ parts: [Part], inputs: Int) {
    self.inputs = inputs
    outputs = parts.reduce(0) { $0 + $1.bias.count }
    packed = FloatBuffer(count: Int(parlance_packed_floats(Int64(outputs), Int64(inputs))))
    bias = FloatBuffer(count: outputs)
    var first = 0
    for part in parts {
      precondition(part.weight.count == part.bias.count * inputs, "a weight of rows by \(inputs) columns")
      unsafe parlance_pack(
        part.weight.base, Int64(inputs), Int64(part.bias.count), Int64(inputs), Int64(first),
        packed.pointer(0, packed.count))
      for (place, number) in part.bias.enumerated() { bias[first + place] = number }
      first += part.bias.count
    }
  }
}
