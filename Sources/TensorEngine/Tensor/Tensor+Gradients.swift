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

  /// The same numbers without their history.
  public func detached() throws(ParlanceError) -> Tensor {
    try unsafe engine.tensor { unsafe table.pointee.detach(handle, $0) }
  }
}
