import CKernels

/// The non-linearities that the kernels know.
public enum LayerActivation: Sendable {
  /// GELU by the error function, by the tanh approximation, and max(x, 0).
  case gelu, geluTanh, relu
}

extension KernelChoice {
  /// y = x W^T + b for some rows; rows of x are `matrix.inputs` wide, rows of y `matrix.outputs`.
  public func linear(_ x: FloatBuffer, _ matrix: PackedMatrix, rows: Range<Int>, into y: FloatBuffer) {
    let (inputs, outputs) = (matrix.inputs, matrix.outputs)
    unsafe parlance_linear(
      layers, x.pointer(rows.lowerBound * inputs, rows.count * inputs), Int64(inputs), Int64(rows.count),
      matrix.packed.base, matrix.bias.base, Int64(outputs), Int64(inputs),
      y.pointer(rows.lowerBound * outputs, rows.count * outputs), Int64(outputs))
  }

  /// Applies a non-linearity to some rows in place.
  public func activate(_ x: FloatBuffer, _ activation: LayerActivation, width: Int, rows: Range<Int>) {
    let kind =
      switch activation {
      case .gelu: PARLANCE_GELU_ERF
      case .geluTanh: PARLANCE_GELU_BY_TANH
      case .relu: PARLANCE_RECTIFIED
      }
    unsafe parlance_activate(
      layers, kind, x.pointer(rows.lowerBound * width, rows.count * width), Int64(width), Int64(rows.count),
      Int64(width))
  }

  /// Normalises some rows of x + residual in place.
  public func layerNorm(_ x: FloatBuffer, adding residual: FloatBuffer? = nil, _ norm: NormWeights, rows: Range<Int>) {
    let width = norm.width
    unsafe parlance_layer_norm(
      layers, x.pointer(rows.lowerBound * width, rows.count * width),
      residual.map { unsafe UnsafePointer($0.pointer(rows.lowerBound * width, rows.count * width)) },
      Int64(rows.count), Int64(width), norm.weight.base, norm.bias.base, norm.epsilon)
  }

  /// Self-attention of one head inside one sequence.
  ///
  /// - Parameters:
  ///   - projections: rows of queries, keys and values, each as wide as all heads together.
  ///   - tokens: the sequence's rows.
  ///   - room: of at least `attentionRoom` numbers, for this thread alone.
  ///   - mixed: rows as wide as all heads together; the head's columns of the sequence's rows are written.
  public func attention(
    _ projections: FloatBuffer, tokens: Range<Int>, head: Int, headWidth: Int, width: Int, room: FloatBuffer,
    into mixed: FloatBuffer
  ) {
    let stride = 3 * width, first = tokens.lowerBound * stride + head * headWidth
    precondition((head + 1) * headWidth <= width && room.count >= Self.attentionRoom(tokens.count, headWidth))
    let query = unsafe projections.pointer(
      first, tokens.isEmpty ? 0 : (tokens.count - 1) * stride + 2 * width + headWidth)
    let out = unsafe mixed.pointer(
      tokens.lowerBound * width + head * headWidth, tokens.isEmpty ? 0 : (tokens.count - 1) * width + headWidth)
    unsafe parlance_attention(
      layers, query, query + width, query + 2 * width, Int64(stride), Int64(tokens.count), Int64(headWidth), 0,
      Int64(tokens.count), out, Int64(width), room.base)
  }

  public static func attentionRoom(_ longest: Int, _ headWidth: Int) -> Int {
    Int(parlance_attention_floats(Int64(longest), Int64(headWidth)))
  }

  /// Row `target` of y = the sum of rows of tables, in their order.
  public func sum(
    _ tables: [(table: FloatBuffer, row: Int)], width: Int, into y: FloatBuffer, row target: Int
  ) {
    let out = unsafe y.pointer(target * width, width)
    for (place, part) in tables.enumerated() {
      let from = unsafe part.table.pointer(part.row * width, width)
      if place == 0 {
        for k in 0..<width { unsafe out[k] = from[k] }
      } else {
        for k in 0..<width { unsafe out[k] += from[k] }
      }
    }
  }

  /// Whether the first `count` numbers are finite.
  public func allFinite(_ x: FloatBuffer, count: Int) -> Bool {
    unsafe parlance_all_finite(layers, x.pointer(0, count), Int64(count)) != 0
  }
}

/// The numbers of a layer normalisation (arXiv 1607.06450).
public struct NormWeights: Sendable {
  let weight, bias: FloatBuffer
  let epsilon: Float

  public var width: Int { weight.count }

  public init(weight: [Float], bias: [Float], epsilon: Double) {
    precondition(weight.count == bias.count)
    self.weight = FloatBuffer(weight)
    self.bias = FloatBuffer(bias)
    self.epsilon = Float(epsilon)
  }
}
