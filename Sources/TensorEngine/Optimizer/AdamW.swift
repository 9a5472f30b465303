import CTensorEngine
public import Diagnostics

/// Adam with decoupled weight decay (arXiv 1711.05101), as PyTorch's `AdamW` computes it.
///
/// ```swift
/// let optimizer = try AdamW(parameters)
/// try loss.backward()
/// try optimizer.clipGradients(to: 1)
/// try optimizer.step(learningRate: 2e-5)
/// ```
///
/// Not `Sendable`, as the tensors it changes: it is used on their engine thread.
public final class AdamW {
  public struct Configuration: Sendable, Hashable {
    /// Decay of the running mean of gradients and of their squares.
    public var beta1 = 0.9
    public var beta2 = 0.999
    /// Added to the root of the mean square.
    public var epsilon = 1e-8
    /// What a parameter loses at each step, as a share of itself, times the learning rate.
    public var weightDecay = 0.0

    public init() {}
  }

  public let parameters: [Tensor]
  /// The running mean of each parameter's gradients, and of their squares: with `steps` all that a restart needs.
  public let means, squares: [Tensor]
  /// Steps taken.
  public var steps = 0
  private let configuration: Configuration

  public init(_ parameters: [Tensor], _ configuration: Configuration = .init()) throws(ParlanceError) {
    self.parameters = parameters
    self.configuration = configuration
    var moments: [Tensor] = []
    for parameter in parameters + parameters {
      moments.append(
        try parameter.engine.full(0, shape: parameter.shape(), on: parameter.device()))
    }
    means = Array(moments.prefix(parameters.count))
    squares = Array(moments.suffix(parameters.count))
  }

  /// Scales all gradients such that their joint Euclidean norm is at most `norm`; 0 leaves them.
  ///
  /// - Returns: the norm before; where it is not finite nothing was changed.
  public func clipGradients(to norm: Double) throws(ParlanceError) -> Double {
    guard let engine = parameters.first?.engine else { return 0 }
    let handles = unsafe parameters.map { unsafe Optional($0.handle) }
    var before = 0.0
    try engine.check(unsafe engine.table.pointee.clip_gradients(handles, Int32(handles.count), norm, &before))
    return before
  }

  /// Moves the parameters that have a gradient, and forgets the gradients.
  public func step(learningRate: Double) throws(ParlanceError) {
    guard let engine = parameters.first?.engine else { return }
    steps += 1
    var settings = parlance_adamw(
      learning_rate: learningRate, beta1: configuration.beta1, beta2: configuration.beta2,
      epsilon: configuration.epsilon, weight_decay: configuration.weightDecay, step: Int64(steps))
    try engine.check(
      unsafe engine.table.pointee.adamw(
        Self.handles(parameters), Self.handles(means), Self.handles(squares), Int32(parameters.count), &settings))
    try clearGradients()
  }

  public func clearGradients() throws(ParlanceError) {
    for parameter in parameters { try parameter.clearGradient() }
  }

  private static func handles(_ tensors: [Tensor]) -> [OpaquePointer?] {
    unsafe tensors.map { unsafe Optional($0.handle) }
  }
}
