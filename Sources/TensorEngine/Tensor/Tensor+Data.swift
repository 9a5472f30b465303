import CTensorEngine
public import Diagnostics

// Numbers into tensors, and out of them.

extension TensorEngine {
  /// Copies `elements`, in C order, into a tensor of `shape`.
  public func tensor(
    _ elements: some Collection<Float>, shape: [Int], on device: Device = .cpu
  ) throws(ParlanceError) -> Tensor {
    try make(Array(elements), .float32, shape, device)
  }

  /// Copies `elements`, in C order, into a tensor of 64-bit integers.
  public func tensor(
    _ elements: some Collection<Int64>, shape: [Int], on device: Device = .cpu
  ) throws(ParlanceError) -> Tensor {
    try make(Array(elements), .int64, shape, device)
  }

  /// Copies `elements`, in C order, into a tensor of 32-bit integers.
  public func tensor(
    _ elements: some Collection<Int32>, shape: [Int], on device: Device = .cpu
  ) throws(ParlanceError) -> Tensor {
    try make(Array(elements), .int32, shape, device)
  }

  /// Copies little-endian `bytes`, in C order, such as a mapped file's.
  public func tensor(
    bytes: RawSpan, of type: Tensor.ElementType, shape: [Int], on device: Device = .cpu
  ) throws(ParlanceError) -> Tensor {
    try unsafe bytes.withUnsafeBytes { bytes throws(ParlanceError) in
      try unsafe make(bytes, type, shape, device)
    }
  }

  /// A tensor filled with one number.
  public func full(
    _ value: Double, shape: [Int], of type: Tensor.ElementType = .float32, on device: Device = .cpu
  ) throws(ParlanceError) -> Tensor {
    let shape = shape.map(Int64.init)
    return try unsafe tensor { out in
      unsafe table.pointee.tensor_fill(value, type.abi, shape, Int32(shape.count), device.abi, out)
    }
  }

  /// Normally distributed numbers, out of the generator that `seed` sets.
  public func normal(
    mean: Double = 0, deviation: Double = 1, shape: [Int], on device: Device = .cpu
  ) throws(ParlanceError) -> Tensor {
    let shape = shape.map(Int64.init)
    return try unsafe tensor { out in
      unsafe table.pointee.tensor_normal(mean, deviation, shape, Int32(shape.count), device.abi, out)
    }
  }

  private func make<Element: BitwiseCopyable>(
    _ elements: [Element], _ type: Tensor.ElementType, _ shape: [Int], _ device: Device
  ) throws(ParlanceError) -> Tensor {
    try unsafe tensor(bytes: elements.span.bytes, of: type, shape: shape, on: device)
  }

  private func make(
    _ bytes: UnsafeRawBufferPointer, _ type: Tensor.ElementType, _ shape: [Int], _ device: Device
  ) throws(ParlanceError) -> Tensor {
    let shape = shape.map(Int64.init)
    return try unsafe tensor { out in
      unsafe table.pointee.tensor_make(
        bytes.baseAddress, Int64(bytes.count), type.abi, shape, Int32(shape.count), device.abi, out)
    }
  }
}

extension Tensor {
  /// The elements in C order.
  ///
  /// - Throws: `internalFault` when they are not 32-bit floats.
  public func floats() throws(ParlanceError) -> [Float] { try elements(.float32, zero: 0) }

  /// The elements in C order, 64-bit integers.
  public func int64s() throws(ParlanceError) -> [Int64] { try elements(.int64, zero: 0) }

  /// The elements in C order, 32-bit integers.
  public func int32s() throws(ParlanceError) -> [Int32] { try elements(.int32, zero: 0) }

  /// The one element of a scalar.
  public func scalar() throws(ParlanceError) -> Float {
    let all = try floats()
    guard all.count == 1 else {
      throw ParlanceError(.internalFault, "a tensor with one element was expected, this one has \(all.count)")
    }
    return all[0]
  }

  private func elements<Element: BitwiseCopyable>(
    _ type: ElementType, zero: Element
  ) throws(ParlanceError) -> [Element] {
    let own = try elementType()
    guard own == type else {
      throw ParlanceError(.internalFault, "a tensor of \(type) was expected, this one is of \(own)")
    }
    var elements = [Element](repeating: zero, count: try shape().reduce(1, *))
    let status = unsafe elements.withUnsafeMutableBytes { bytes in
      unsafe table.pointee.tensor_read(handle, bytes.baseAddress, Int64(bytes.count))
    }
    try engine.check(status)
    return elements
  }

  /// The tensor on `device`; itself where it is there.
  public func moved(to device: Device) throws(ParlanceError) -> Tensor {
    let type = try elementType()
    return try unsafe engine.tensor { unsafe table.pointee.tensor_convert(handle, type.abi, device.abi, $0) }
  }

  /// The tensor with elements of `type`; itself where they are.
  public func converted(to type: ElementType) throws(ParlanceError) -> Tensor {
    let device = try device()
    return try unsafe engine.tensor { unsafe table.pointee.tensor_convert(handle, type.abi, device.abi, $0) }
  }

  /// Overwrites the elements with those of `source`, which has the same shape; not recorded.
  public func assign(_ source: Tensor) throws(ParlanceError) {
    try engine.check(unsafe table.pointee.tensor_assign(handle, source.handle))
  }
}
