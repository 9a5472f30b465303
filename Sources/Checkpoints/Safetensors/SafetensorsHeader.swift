public import Diagnostics
import StrictJSON

/// What the JSON at the head of a safetensors file says: the tensors, their types, shapes and places.
///
/// The format: eight bytes with the header's length (little-endian), the header, the data. The data offsets count from
/// the end of the header, cover the data without gap and without overlap, and fit `shape` times the element's size.
public struct SafetensorsHeader: Sendable {
  /// One tensor of the file.
  public struct Entry: Sendable, Hashable {
    public let name: String
    public let elementType: ElementType
    /// Rows first; empty for a single number.
    public let shape: [Int]
    /// The bytes of the tensor, counted from the start of the file.
    public let range: Range<Int>

    /// How many numbers it holds.
    public var count: Int { 8 * range.count / elementType.bits }
  }

  /// As the format's reference implementation has it: a header is at most 100 MB.
  static let lengthLimit = 100_000_000

  /// The tensors in the order of their data.
  public let entries: [Entry]
  /// The free text that the writer left, such as `format: pt`.
  public let metadata: [String: String]

  /// Checks a header against the file it stands in.
  ///
  /// - Parameters:
  ///   - bytes: the JSON text, without the eight bytes of its length.
  ///   - fileSize: the size of the whole file.
  ///   - file: the file's name for messages.
  /// - Throws: `badInput` that names the tensor and what is wrong with it.
  public init(parsing bytes: [UInt8], fileSize: Int, file: String) throws(ParlanceError) {
    func fault(_ message: String) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: file, component: "safetensors header"))
    }
    guard bytes.first == UInt8(ascii: "{") else { throw fault("expected a JSON object, which begins with `{`") }
    let node = try JSONValue(parsing: bytes, file: file)
    guard let members = node.object else { throw fault("expected a JSON object, found \(node.kind)") }

    var metadata: [String: String] = [:]
    var entries: [Entry] = []
    let start = 8 + bytes.count
    for (name, value) in members {
      if name == "__metadata__" {
        guard let pairs = value.object else { throw fault("`__metadata__` must be an object of strings") }
        for (key, text) in pairs {
          guard let string = text.string else { throw fault("`__metadata__` must be an object of strings") }
          metadata[key] = string
        }
        continue
      }
      entries.append(try Self.entry(name, value, dataStart: start, fileSize: fileSize, fault))
    }
    entries.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }

    var end = start
    for entry in entries {
      if entry.range.lowerBound < end {
        throw fault("the data of `\(entry.name)` begins at byte \(entry.range.lowerBound), inside another tensor")
      }
      if entry.range.lowerBound > end {
        throw fault("bytes \(end) to \(entry.range.lowerBound) belong to no tensor")
      }
      end = entry.range.upperBound
    }
    if end != fileSize {
      throw fault("the tensors end at byte \(end) and the file at byte \(fileSize)")
    }
    self.entries = entries
    self.metadata = metadata
  }

  private static func entry(
    _ name: String, _ value: JSONValue, dataStart: Int, fileSize: Int, _ fault: (String) -> ParlanceError
  ) throws(ParlanceError) -> Entry {
    guard value.object != nil else { throw fault("`\(name)` must be an object, found \(value.kind)") }
    guard let typeName = value["dtype"]?.string else { throw fault("`\(name)` has no `dtype`") }
    guard let type = ElementType(rawValue: typeName) else {
      throw fault("`\(name)` has dtype \(typeName), which is none of the format's; is the file damaged?")
    }
    var shape: [Int] = []
    var count = 1
    guard let sizes = value["shape"]?.array else { throw fault("`\(name)` has no `shape`") }
    for size in sizes {
      guard let size = size.integer, size >= 0 else { throw fault("the shape of `\(name)` is not made of sizes") }
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      if overflow { throw fault("the shape of `\(name)` is too large") }
      count = product
      shape.append(size)
    }
    guard let offsets = value["data_offsets"]?.array, offsets.count == 2,
      let from = offsets[0].integer, let to = offsets[1].integer, from >= 0, to >= from
    else { throw fault("the `data_offsets` of `\(name)` must be two ascending byte positions") }
    if to > fileSize - dataStart {
      throw fault(
        "`\(name)` ends at byte \(to) of the data and the file has \(max(0, fileSize - dataStart)): it is cut short")
    }
    let (bits, overflow) = count.multipliedReportingOverflow(by: type.bits)
    if overflow || bits != 8 * (to - from) {
      let needed = bits.isMultiple(of: 8) ? "\(bits / 8) bytes" : "\(bits) bits"
      throw fault("`\(name)` is \(typeName)\(shape), which needs \(needed); its offsets span \(to - from)")
    }
    return Entry(name: name, elementType: type, shape: shape, range: dataStart + from..<dataStart + to)
  }
}
