import BinaryFiles
import Diagnostics
import LineFiles

/// The numbers or texts of one numpy array (`.npy` versions 1 to 3, little-endian, one dimension or none), in order.
final class NpyStream {
  /// numpy's name for the element type without the byte order, such as `f4` or `U12`.
  let type: String
  /// The length of each dimension.
  let shape: [Int]
  /// How many elements there are.
  let count: Int
  private let elementSize: Int
  private let stream: ZipMemberStream
  private let location: ParlanceError.Location
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var unread = 0..<0
  private var taken = 0

  /// - Throws: `badInput` when there is no such array or its header cannot be read.
  init(_ archive: ZipArchive, _ name: String) throws(ParlanceError) {
    let location = ParlanceError.Location(file: archive.file.path, component: name)
    self.location = location
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: location) }
    guard let entry = archive.member(name) else {
      throw ParlanceError(
        .badInput, "expected an array \"\(name)\" in it, there is none", at: .init(file: archive.file.path))
    }
    stream = try ZipMemberStream(archive, entry)
    var start: [UInt8] = []
    func take(_ count: Int, _ stream: ZipMemberStream) throws(ParlanceError) {
      var more = [UInt8](repeating: 0, count: count)
      var done = 0
      while done < count {
        let read = try stream.read(into: &more, from: done)
        guard read > 0 else { throw fault("the array is cut short") }
        done += read
      }
      start += more
    }
    try take(10, stream)
    guard Array(start[..<6]) == [0x93] + Array("NUMPY".utf8), (1...3).contains(start[6]) else {
      throw fault("expected a numpy array, this is something else")
    }
    var length = Int(start.rawSpan.load(UInt16.self, at: 8))
    if start[6] > 1 {
      try take(2, stream)
      length = Int(start.rawSpan.load(UInt32.self, at: 8))
    }
    guard length <= 65_536 else { throw fault("the array's header is too long") }
    let headerStart = start.count
    try take(length, stream)
    guard let header = NpyHeader(Array(start[headerStart...])) else { throw fault("the array's header makes no sense") }
    guard !header.isFortran || header.shape.count < 2 else { throw fault("expected an array in C order") }
    guard let size = Self.elementSize(of: header.type) else {
      throw fault("expected little-endian numbers or texts, found the type \(header.descriptor)")
    }
    var count = 1
    for length in header.shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard !overflow else { throw fault("the array's header makes no sense") }
      count = product
    }
    let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
    guard !overflow, bytes == entry.count - start.count else {
      throw fault("expected \(count) elements of \(size) bytes, found \(entry.count - start.count) bytes")
    }
    type = header.type
    shape = header.shape
    self.count = count
    elementSize = size
    buffer = [UInt8](repeating: 0, count: max(1 << 16, size))
  }

  private static func elementSize(of type: String) -> Int? {
    switch type {
    case "b1", "i1", "u1": return 1
    case "f2", "i2", "u2": return 2
    case "f4", "i4", "u4": return 4
    case "f8", "i8", "u8": return 8
    default:
      guard let size = Int(type.dropFirst()), size > 0, size <= 1 << 20 else { return nil }
      return type.hasPrefix("S") ? size : type.hasPrefix("U") ? 4 * size : nil
    }
  }

  /// The place of the next element in `buffer`.
  private func nextElement() throws(ParlanceError) -> Int {
    guard taken < count else { throw ParlanceError(.badInput, "the array is too short", at: location) }
    while unread.count < elementSize {
      for (target, source) in unread.enumerated() { buffer[target] = buffer[source] }
      let count = unread.count
      let read = try stream.read(into: &buffer, from: count)
      guard read > 0 else { throw ParlanceError(.badInput, "the array is cut short", at: location) }
      unread = 0..<count + read
    }
    taken += 1
    defer { unread = unread.lowerBound + elementSize..<unread.upperBound }
    return unread.lowerBound
  }

  /// The next element, a whole number.
  func nextInteger() throws(ParlanceError) -> Int {
    let at = try nextElement()
    let bytes = buffer
    let span = bytes.rawSpan
    switch type {
    case "i4": return Int(span.load(Int32.self, at: at))
    case "i8": return Int(span.load(Int64.self, at: at))
    case "u4": return Int(span.load(UInt32.self, at: at))
    case "i2": return Int(span.load(Int16.self, at: at))
    default: throw ParlanceError(.badInput, "expected whole numbers, found the type \(type)", at: location)
    }
  }

  /// The next element, a number, as a float32.
  func nextFloat() throws(ParlanceError) -> Float {
    let at = try nextElement()
    let bytes = buffer
    let span = bytes.rawSpan
    switch type {
    case "f2": return Float(Float16(bitPattern: span.load(UInt16.self, at: at)))
    case "f4": return span.load(Float.self, at: at)
    case "f8": return Float(span.load(Double.self, at: at))
    case "i4": return Float(span.load(Int32.self, at: at))
    case "i8": return Float(span.load(Int64.self, at: at))
    default: throw ParlanceError(.badInput, "expected numbers, found the type \(type)", at: location)
    }
  }

  /// The next element, a text (`S`: UTF-8, `U`: UTF-32), without the zeros that fill it up.
  func nextText() throws(ParlanceError) -> String {
    let at = try nextElement()
    let bytes = Array(buffer[at..<at + elementSize])
    if type.hasPrefix("S") {
      guard let text = String(validating: bytes.prefix(1 + (bytes.lastIndex { $0 != 0 } ?? -1)), as: UTF8.self) else {
        throw ParlanceError(.badInput, "expected texts in UTF-8, number \(taken - 1) is not", at: location)
      }
      return text
    }
    guard type.hasPrefix("U") else {
      throw ParlanceError(.badInput, "expected texts, found the type \(type)", at: location)
    }
    var scalars = String.UnicodeScalarView()
    var zeros = 0
    for offset in stride(from: 0, to: bytes.count, by: 4) {
      guard let scalar = Unicode.Scalar(bytes.rawSpan.load(UInt32.self, at: offset)) else {
        throw ParlanceError(.badInput, "expected texts, number \(taken - 1) is none", at: location)
      }
      if scalar.value == 0 {
        zeros += 1
        continue
      }
      for _ in 0..<zeros { scalars.append("\0") }
      zeros = 0
      scalars.append(scalar)
    }
    return String(scalars)
  }
}

/// The header of a `.npy` file: `{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }`.
struct NpyHeader {
  var descriptor: String
  /// The descriptor without the byte order.
  var type: String
  var isFortran: Bool
  var shape: [Int]

  /// - Returns: `nil` for anything else, and for big-endian numbers.
  init?(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let descriptor = Self.value(of: "descr", in: text), let order = Self.value(of: "fortran_order", in: text),
      let shape = Self.value(of: "shape", in: text), descriptor.count >= 4, descriptor.first == "'",
      descriptor.last == "'", shape.first == "(", shape.last == ")", order == "True" || order == "False"
    else { return nil }
    self.descriptor = String(descriptor.dropFirst().dropLast())
    guard let byteOrder = self.descriptor.first, "<|".contains(byteOrder) else { return nil }
    type = String(self.descriptor.dropFirst())
    isFortran = order == "True"
    self.shape = []
    for part in shape.dropFirst().dropLast().split(separator: ",") where !part.allSatisfy({ $0 == " " }) {
      guard let length = Int(part.filter { $0 != " " }), length >= 0 else { return nil }
      self.shape.append(length)
    }
  }

  private static func value(of key: String, in text: String) -> Substring? {
    let quoted = Array("'\(key)'".utf8)
    let bytes = Array(text.utf8)
    guard bytes.count >= quoted.count,
      let start = (0...bytes.count - quoted.count).first(where: { bytes[$0..<$0 + quoted.count].elementsEqual(quoted) })
    else { return nil }
    var at = start + quoted.count
    while at < bytes.count, bytes[at] == UInt8(ascii: " ") || bytes[at] == UInt8(ascii: ":") { at += 1 }
    var depth = 0
    var end = at
    while end < bytes.count {
      if bytes[end] == UInt8(ascii: "(") { depth += 1 }
      if bytes[end] == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0, bytes[end] == UInt8(ascii: ",") || bytes[end] == UInt8(ascii: "}") { break }
      end += 1
    }
    return Substring(String(decoding: bytes[at..<end], as: UTF8.self)).trimmed
  }
}

extension Substring {
  fileprivate var trimmed: Substring {
    var rest = self
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
