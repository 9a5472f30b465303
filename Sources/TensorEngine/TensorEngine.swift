import CTensorEngine
public import Diagnostics

/// The tensor library behind `libparlance-torch`, found and opened when the program runs.
///
/// ```swift
/// let engine = try TensorEngine.load()
/// let x = try engine.tensor([1, 2, 3, 4], shape: [2, 2])
/// let y = try x.matrixProduct(x).floats()
/// ```
///
/// Its calls belong on threads of one's own (`EngineThreads`): libtorch gives each calling thread a team of threads.
@safe public final class TensorEngine: @unchecked Sendable {
  /// The library that was loaded.
  public let path: String
  /// Constant for the life of the process: engines are never unloaded.
  let table: UnsafePointer<parlance_engine_table>

  init(table: UnsafePointer<parlance_engine_table>, path: String) {
    unsafe self.table = table
    self.path = path
  }

  /// Opens the engine.
  ///
  /// - Throws: `unavailable`, with every place that was tried and why it was of no use.
  public static func load(from places: EnginePlaces = .standard) throws(ParlanceError) -> TensorEngine {
    let search = EngineSearch(in: places)
    if let engine = search.engine { return engine }
    throw search.failure ?? ParlanceError(.unavailable, "the tensor engine is missing")
  }

  /// Such as `libtorch 2.13.0, MKL, AVX512, fused head avx512`.
  public var description: String {
    unsafe table.pointee.description().map { unsafe String(cString: $0) } ?? "unknown engine"
  }

  /// The ABI version that both sides speak.
  public static var abiVersion: Int { Int(PARLANCE_ENGINE_ABI) }

  /// Tensors made and not freed, in the whole process.
  public var liveTensors: Int {
    unsafe Int(table.pointee.live_tensors())
  }

  /// The devices that the engine can use, `cpu` first.
  public var devices: [Device] {
    var count: Int32 = 0
    let status = unsafe table.pointee.device_count(PARLANCE_CUDA, &count)
    return [.cpu] + (status == PARLANCE_OK ? (0..<Int(count)).map(Device.cuda) : [])
  }

  /// - Throws: `unavailable` when the engine has no such device.
  public func check(_ device: Device) throws(ParlanceError) {
    guard !devices.contains(device) else { return }
    let known = devices.map(\.description).joined(separator: ", ")
    throw ParlanceError(.unavailable, "there is no device \(device); the engine (\(description)) has \(known)")
  }

  /// How many cores one operation of the calling thread may use.
  public func setThreads(_ count: Int) throws(ParlanceError) {
    try check(unsafe table.pointee.set_threads(Int32(clamping: count)))
  }

  /// What `setThreads` set for the calling thread.
  package func threadCount() throws(ParlanceError) -> Int {
    var count: Int32 = 0
    try check(unsafe table.pointee.thread_count(&count))
    return Int(count)
  }

  /// Whether operations of the calling thread are recorded for `Tensor.backward`; on in a new thread.
  public func setRecording(_ on: Bool) throws(ParlanceError) {
    try check(unsafe table.pointee.set_recording(on ? 1 : 0))
  }

  /// Runs `body` without recording what it does; behind it the calling thread records, whatever came of it.
  public func withoutRecording<Result>(
    _ body: () throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    try setRecording(false)
    let result: Swift.Result<Result, ParlanceError>
    do throws(ParlanceError) { result = .success(try body()) } catch { result = .failure(error) }
    try setRecording(true)
    return try result.get()
  }

  /// How products are computed.
  public enum Precision: String, Codable, Sendable, CaseIterable {
    case float32
    /// In half the bits where libtorch's autocast finds that fit. Parameters, their gradients, sums and the SPLADE head stay
    /// float32.
    case bfloat16
  }

  /// Runs `body`, what it does on a device in a precision, and nothing else of the calling thread.
  public func with<Result>(
    _ precision: Precision, on device: Device, _ body: () throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    guard precision == .bfloat16 else { return try body() }
    try check(unsafe table.pointee.set_autocast(device.abi.kind, 1))
    let result: Swift.Result<Result, ParlanceError>
    do throws(ParlanceError) { result = .success(try body()) } catch { result = .failure(error) }
    try check(unsafe table.pointee.set_autocast(device.abi.kind, 0))
    return try result.get()
  }

  /// Seeds the generator behind `normal` and `dropout`: on the CPU the calling thread's own.
  public func seed(_ value: UInt64) throws(ParlanceError) {
    try check(unsafe table.pointee.seed(value))
  }
}

// MARK: - Calls

extension TensorEngine {
  /// - Throws: the failure of a call that returned `status`, with the engine's message.
  func check(_ status: parlance_status) throws(ParlanceError) {
    guard status != PARLANCE_OK else { return }
    let message = unsafe table.pointee.last_message().map { unsafe String(cString: $0) } ?? ""
    switch status {
    case PARLANCE_BAD_VALUES: throw ParlanceError(.badInput, message)
    case PARLANCE_OUT_OF_MEMORY: throw ParlanceError(.unavailable, "the tensor engine ran out of memory: \(message)")
    default: throw ParlanceError(.internalFault, "the tensor engine failed: \(message)")
    }
  }

  /// The tensor that `call` makes.
  func tensor(_ call: (UnsafeMutablePointer<OpaquePointer?>) -> parlance_status) throws(ParlanceError) -> Tensor {
    var handle: OpaquePointer?
    try check(unsafe call(&handle))
    guard let handle = unsafe handle else {
      throw ParlanceError(.internalFault, "the tensor engine returned no tensor")
    }
    return unsafe Tensor(handle, of: self)
  }
}
