import Checkpoints
import Diagnostics
import ModelKernels
import WorkerThreads

/// A SPLADE model for inference by the package's own kernels: BERT or DistilBERT (arXiv 1810.04805, 1910.01108) and the
/// head that SPLADE reads its vectors from (arXiv 2205.04733).
///
/// What is computed is what `SpladeModel` says in tensors; here each step works on some rows of buffers, so that the
/// members of a team can share them.
struct NativeModel: Sendable {
  let kernels: KernelChoice
  let width, intermediateWidth, heads: Int
  let activation: LayerActivation
  let wordEmbeddings, positionEmbeddings: FloatBuffer
  /// All tokens of a single text are of type 0; `nil` for DistilBERT.
  let tokenTypes: FloatBuffer?
  let embeddingNorm: NormWeights
  let layers: [NativeLayer]
  let transform: PackedMatrix
  let transformNorm: NormWeights
  let head: VocabularyHead

  init(_ checkpoint: Checkpoint, kernels: KernelChoice) throws(ParlanceError) {
    self.kernels = kernels
    let shape = checkpoint.architecture, epsilon = shape.layerNormEpsilon
    (width, intermediateWidth, heads) = (shape.hiddenSize, shape.intermediateSize, shape.heads)
    activation =
      switch shape.activation {
      case .gelu: .gelu
      case .geluTanh: .geluTanh
      case .relu: .relu
      }
    wordEmbeddings = try checkpoint.buffer(.wordEmbeddings)
    positionEmbeddings = try checkpoint.buffer(.positionEmbeddings)
    tokenTypes = shape.family == .bert ? try checkpoint.buffer(.tokenTypeEmbeddings) : nil
    embeddingNorm = NormWeights(
      weight: try checkpoint.floats(.embeddingNormWeight), bias: try checkpoint.floats(.embeddingNormBias),
      epsilon: epsilon)
    var layers: [NativeLayer] = []
    for index in 0..<shape.layers { layers.append(try NativeLayer(index, of: checkpoint)) }
    self.layers = layers
    transform = PackedMatrix(
      [(try checkpoint.buffer(.transformWeight), try checkpoint.floats(.transformBias))], inputs: shape.hiddenSize)
    transformNorm = NormWeights(
      weight: try checkpoint.floats(.transformNormWeight), bias: try checkpoint.floats(.transformNormBias),
      epsilon: epsilon)
    head = VocabularyHead(
      weight: shape.tiesDecoder ? wordEmbeddings : try checkpoint.buffer(.decoderWeight),
      bias: try checkpoint.decoderBias(), width: shape.hiddenSize, sums: checkpoint.head.pooling == .sum,
      kernels: kernels, kept: checkpoint.keptWeight)
  }

  /// Computes the hidden states of whole sequences, up to the vocabulary: `workspace.attended` has them afterwards.
  ///
  /// - Parameter starts: the sequences' offsets into `tokens`, from 0.
  func transformed(_ tokens: [Int32], starts: [Int32], in workspace: NativeWorkspace, by crew: Crew) {
    // So few rows that they stay in the cache from step to step, and that all members are busy to the end.
    let height = crew.size == 1 ? 168 : min(168, max(14, (tokens.count / (4 * crew.size) + 13) / 14 * 14))
    let parts = (tokens.count + height - 1) / height
    @Sendable func rows(_ part: Int) -> Range<Int> { part * height..<min(tokens.count, (part + 1) * height) }
    crew.forEach(parts) { part, _ in
      self.embed(tokens, starts: starts, rows: rows(part), into: workspace.hidden)
      if let first = self.layers.first { self.project(first, rows(part), in: workspace) }
    }
    for (index, layer) in layers.enumerated() {
      crew.forEach(heads * (starts.count - 1)) { item, rank in
        let sequence = item / self.heads
        self.kernels.attention(
          workspace.projections, tokens: Int(starts[sequence])..<Int(starts[sequence + 1]), head: item % self.heads,
          headWidth: self.width / self.heads, width: self.width, room: workspace.rooms[rank], into: workspace.mixed)
      }
      crew.forEach(parts) { part, _ in
        self.feedForward(layer, rows(part), in: workspace)
        if index + 1 < self.layers.count {
          self.project(self.layers[index + 1], rows(part), in: workspace)
        } else {
          self.transform(rows(part), in: workspace)
        }
      }
    }
    if layers.isEmpty { crew.forEach(parts) { part, _ in self.transform(rows(part), in: workspace) } }
  }

  /// As transformers adds them: words, then token types, then positions.
  private func embed(_ tokens: [Int32], starts: [Int32], rows: Range<Int>, into hidden: FloatBuffer) {
    var sequence = 0
    for row in rows {
      while starts[sequence + 1] <= row { sequence += 1 }
      let word = (table: wordEmbeddings, row: Int(tokens[row]))
      let position = (table: positionEmbeddings, row: row - Int(starts[sequence]))
      kernels.sum(
        tokenTypes.map { [word, ($0, 0), position] } ?? [word, position], width: width, into: hidden, row: row)
    }
    kernels.layerNorm(hidden, embeddingNorm, rows: rows)
  }

  /// Queries, keys and values.
  private func project(_ layer: NativeLayer, _ rows: Range<Int>, in workspace: NativeWorkspace) {
    kernels.linear(workspace.hidden, layer.projections, rows: rows, into: workspace.projections)
  }

  /// What follows attention in a layer: each token by itself.
  private func feedForward(_ layer: NativeLayer, _ rows: Range<Int>, in workspace: NativeWorkspace) {
    kernels.linear(workspace.mixed, layer.attentionOutput, rows: rows, into: workspace.attended)
    kernels.layerNorm(workspace.attended, adding: workspace.hidden, layer.attentionNorm, rows: rows)
    kernels.linear(workspace.attended, layer.intermediate, rows: rows, into: workspace.wide)
    kernels.activate(workspace.wide, activation, width: intermediateWidth, rows: rows)
    kernels.linear(workspace.wide, layer.output, rows: rows, into: workspace.hidden)
    kernels.layerNorm(workspace.hidden, adding: workspace.attended, layer.outputNorm, rows: rows)
  }

  /// What stands between the last layer and the vocabulary.
  private func transform(_ rows: Range<Int>, in workspace: NativeWorkspace) {
    kernels.linear(workspace.hidden, transform, rows: rows, into: workspace.attended)
    kernels.activate(workspace.attended, activation, width: width, rows: rows)
    kernels.layerNorm(workspace.attended, transformNorm, rows: rows)
  }
}

/// The weights of one layer: self-attention and feed-forward, each added to its input and normalised.
struct NativeLayer: Sendable {
  /// Queries, keys and values side by side.
  let projections: PackedMatrix
  let attentionOutput: PackedMatrix
  let attentionNorm: NormWeights
  let intermediate, output: PackedMatrix
  let outputNorm: NormWeights

  init(_ index: Int, of checkpoint: Checkpoint) throws(ParlanceError) {
    typealias Parameter = ParameterRole.LayerParameter
    let shape = checkpoint.architecture
    func part(_ weight: Parameter, _ bias: Parameter) throws(ParlanceError) -> PackedMatrix.Part {
      (try checkpoint.buffer(.layer(index, weight)), try checkpoint.floats(.layer(index, bias)))
    }
    func norm(_ weight: Parameter, _ bias: Parameter) throws(ParlanceError) -> NormWeights {
      NormWeights(
        weight: try checkpoint.floats(.layer(index, weight)), bias: try checkpoint.floats(.layer(index, bias)),
        epsilon: shape.layerNormEpsilon)
    }
    projections = PackedMatrix(
      [try part(.queryWeight, .queryBias), try part(.keyWeight, .keyBias), try part(.valueWeight, .valueBias)],
      inputs: shape.hiddenSize)
    attentionOutput = PackedMatrix(
      [try part(.attentionOutputWeight, .attentionOutputBias)], inputs: shape.hiddenSize)
    attentionNorm = try norm(.attentionNormWeight, .attentionNormBias)
    intermediate = PackedMatrix([try part(.intermediateWeight, .intermediateBias)], inputs: shape.hiddenSize)
    output = PackedMatrix([try part(.outputWeight, .outputBias)], inputs: shape.intermediateSize)
    outputNorm = try norm(.outputNormWeight, .outputNormBias)
  }
}
