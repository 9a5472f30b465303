public import BinaryFiles
public import Diagnostics
import Synchronization

/// A mapped safetensors file, every offset of it checked when it was opened.
///
/// What a pickle could do by being read, this cannot: it is a table of names and a block of numbers. No damage to the
/// file makes reading leave its bounds.
public final class SafetensorsFile: Sendable {
  public let path: String
  public let header: SafetensorsHeader
  private let file: MappedFile
  private let places: [String: Int]
  private let knownDigest = Mutex<SHA256.Digest?>(nil)

  /// - Throws: `noInput` when there is no such file, `badInput` when it is not a whole safetensors file.
  public init(path: String) throws(ParlanceError) {
    let file = try MappedFile(path: path)
    self.path = path
    self.file = file
    header = try Self.header(of: file)
    var places: [String: Int] = [:]
    for (place, entry) in header.entries.enumerated() { places[entry.name] = place }
    self.places = places
  }

  private static func header(of file: MappedFile) throws(ParlanceError) -> SafetensorsHeader {
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: file.path)) }
    guard file.count >= 8 else {
      throw fault("expected a safetensors file, which begins with 8 bytes of length; found \(file.count) bytes")
    }
    let length = file.bytes.load(UInt64.self, at: 0)
    guard length <= UInt64(SafetensorsHeader.lengthLimit) else {
      throw fault("not a safetensors file: its first 8 bytes would be a header of \(length) bytes")
    }
    guard Int(length) <= file.count - 8 else {
      throw fault("the header should have \(length) bytes and the file has \(file.count) in all: it is cut short")
    }
    let text = try file.bytes(in: 8..<8 + Int(length)).array()
    return try SafetensorsHeader(parsing: text, fileSize: file.count, file: file.path)
  }

  /// The tensors in the order of their data.
  public var entries: [SafetensorsHeader.Entry] { header.entries }

  public func entry(named name: String) -> SafetensorsHeader.Entry? {
    places[name].map { header.entries[$0] }
  }

  /// Hands the bytes of a tensor to `body` without copying them; they are little-endian and maybe not aligned.
  public func withBytes<Result>(
    of entry: SafetensorsHeader.Entry, _ body: (RawSpan) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    let file = file
    return try body(try file.bytes(in: entry.range))
  }

  /// The numbers of a tensor, as 32-bit floats: widened where they are stored as halves, rounded where as doubles.
  ///
  /// - Throws: `badInput` when the tensor is not of floats.
  public func floats(of entry: SafetensorsHeader.Entry) throws(ParlanceError) -> [Float] {
    guard entry.elementType.isReadableAsFloat else {
      throw ParlanceError(
        .badInput, "`\(entry.name)` is \(entry.elementType.rawValue); weights must be \(ElementType.readable)",
        at: .init(file: path))
    }
    let file = file
    return FloatDecoding.floats(try file.bytes(in: entry.range), as: entry.elementType)
  }

  /// Where the numbers of a tensor are, when they are stored as 32-bit floats.
  package func mappedFloats(of entry: SafetensorsHeader.Entry) -> (file: MappedFile, range: Range<Int>)? {
    entry.elementType == .float32 ? (file, entry.range) : nil
  }

  /// - Throws: `badInput` when somebody wrote to the file since it was opened.
  package func checkUnwritten() throws(ParlanceError) { try file.checkUnwritten() }

  /// SHA-256 over every byte of the file; the bytes are read unless `derived` tells what they are.
  public func digest(_ derived: DerivedFiles = .none) -> SHA256.Digest {
    knownDigest.withLock { known in
      if let known { return known }
      let digest = KeptDigest.digest(of: file, derived)
      known = digest
      return digest
    }
  }
}
