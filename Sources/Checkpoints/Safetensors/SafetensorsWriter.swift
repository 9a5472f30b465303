import BinaryFiles
public import Diagnostics
import StrictJSON

/// Writes a safetensors file of 32-bit floats, tensor after tensor, so that no second copy of the model is in memory.
///
/// The header is made first from names and shapes; the data follow in the same order. The file appears when `finish()`
/// has brought it to the disk.
public final class SafetensorsWriter {
  /// A tensor that will be written.
  public struct Plan: Sendable, Hashable {
    public var name: String
    /// Rows first.
    public var shape: [Int]

    public init(name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }

    var count: Int { shape.reduce(1, *) }
  }

  private let file: AtomicFile
  private let plans: [Plan]
  private var written = 0

  /// - Throws: `usage` when two tensors have one name, `cannotWrite` when the file cannot be made.
  public init(path: String, tensors plans: [Plan]) throws(ParlanceError) {
    var names: Set<[UInt8]> = []
    for plan in plans where !names.insert(Array(plan.name.utf8)).inserted {
      throw ParlanceError(.usage, "two tensors are called `\(plan.name)`", at: .init(file: path))
    }
    self.plans = plans
    file = try AtomicFile(path: path)
    var header = Self.header(plans)
    // The data begin at a multiple of 8, as the reference implementation aligns them.
    while !header.count.isMultiple(of: 8) { header.append(0x20) }
    var length: [UInt8] = []
    length.append(littleEndian: UInt64(header.count))
    try file.write(length)
    try file.write(header)
  }

  /// Writes the numbers of the next tensor of the plan.
  ///
  /// - Throws: `usage` when there is no further tensor or it has another size, `cannotWrite`.
  public func append(_ floats: [Float]) throws(ParlanceError) {
    guard written < plans.count, plans[written].count == floats.count else {
      let expected = written < plans.count ? "\(plans[written].count) for `\(plans[written].name)`" : "none"
      throw ParlanceError(.usage, "expected \(expected), was given \(floats.count) numbers", at: .init(file: file.path))
    }
    try file.write(floats.rawSpan)
    written += 1
  }

  /// - Throws: `usage` when tensors are missing, `cannotWrite`.
  public func finish() throws(ParlanceError) {
    guard written == plans.count else {
      throw ParlanceError(.usage, "`\(plans[written].name)` was not written", at: .init(file: file.path))
    }
    try file.commit()
  }

  private static func header(_ plans: [Plan]) -> [UInt8] {
    var text = #"{"__metadata__":{"format":"pt"}"#
    var offset = 0
    for plan in plans {
      let end = offset + 4 * plan.count
      let shape = plan.shape.map(String.init).joined(separator: ",")
      text +=
        ",\(JSONValue.string(plan.name).text):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}"
      offset = end
    }
    return Array((text + "}").utf8)
  }
}
