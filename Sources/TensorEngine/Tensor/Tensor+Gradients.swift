import CTensorEngine
public import Diagnostics

// Gradients, for training: operations are recorded where an input needs one.

extension Tensor {
  /// Marks a parameter whose gradient `backward` is to compute.
  public func setRequiresGradient(_ on: Bool = true) throws(ParlanceError) {
    try engine.check(unsafe table.pointee.set_requires_gradient(handle, on ? 1 : 0))
  }

  /// Adds the gradients of this scalar to those of the parameters that it was computed from.
  public func backward() throws(ParlanceError) {
    try engine.check(unsafe table.pointee.backward(handle))
  }

  /// The gradient that `backward` left, if any.
  public func gradient() throws(ParlanceError) -> Tensor? {
    var out: OpaquePointer?
    try engine.check(unsafe table.pointee.gradient(handle, &out))
    return unsafe out.map { unsafe Tensor($0, of: engine) }
  }

  /// Forgets the gradient.
  public func clearGradient() throws(ParlanceError) {
    try engine.check(unsafe table.pointee.clear_gradient(handle))
  }

  /// As `backward`, for a loss whose derivative with respect to each of `tensors` was computed elsewhere.
  ///
  /// - Parameter gradients: one for each tensor, of its shape.
  public static func backward(_ tensors: [Tensor], from gradients: [Tensor]) throws(ParlanceError) {
    precondition(tensors.count == gradients.count, "one gradient for each tensor")
    guard let engine = tensors.first?.engine else { return }
    let roots = unsafe tensors.map { unsafe Optional($0.handle) }
    let seeds = unsafe gradients.map { unsafe Optional($0.handle) }
    try withExtendedLifetime((tensors, gradients)) { () throws(ParlanceError) in
      try engine.check(unsafe engine.table.pointee.backward_from(roots, seeds, Int32(roots.count)))
    }
  }

  /// The same numbers without their history.
  public func detached() throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.detach(handle, $0) }
  }
}
