import BinaryFiles
import Diagnostics
import LineFiles

/// Reads messages of Protocol Buffers that stand one behind the other, each behind its length.
///
/// Nothing is believed that the file has not shown: a length is held against the message around it, memory is taken for bytes
/// that are there, numbers may have ten bytes and no more.
final class ProtobufReader {
  enum Kind: UInt64 {
    case varint = 0
    case eightBytes = 1
    case counted = 2
    case fourBytes = 5
  }

  let bytes: ByteReader
  /// What is being read, for errors: `header`, `postings list 3`.
  var component = "header"
  /// Where the message ends that is being read.
  private var end = 0

  init(path: String, interruption: Interruption?) throws(ParlanceError) {
    bytes = try ByteReader(path: path, interruption: interruption)
  }

  /// Enters the next message.
  ///
  /// - Throws: `badInput` where the file is over.
  func beginMessage() throws(ParlanceError) {
    end = .max
    let length = try varint()
    // The greatest length that the format's own libraries read.
    guard length <= UInt64(Int32.max) else { throw fault("expected a message of at most 2 GiB, found \(length) bytes") }
    end = bytes.offset + Int(length)
  }

  /// Whether the file is over.
  func isAtEnd() throws(ParlanceError) -> Bool { try bytes.next() == nil }

  /// The next field of the message, with the reader before its value; `nil` once the message is over.
  func nextField() throws(ParlanceError) -> (number: UInt64, kind: Kind)? {
    if bytes.offset == end { return nil }
    let tag = try varint()
    guard let kind = Kind(rawValue: tag & 7), tag >> 3 > 0 else {
      throw fault("expected the beginning of a field, found \(tag)")
    }
    return (tag >> 3, kind)
  }

  func varint() throws(ParlanceError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      guard bytes.offset < end else { throw fault("a number goes on behind the end of its message") }
      guard let byte = try bytes.next() else { throw cutShort }
      guard shift < 63 || byte <= 1 else { throw fault("expected numbers of at most 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// A field that must be a whole number from 0 to 2^31 - 1.
  func count(_ name: String, _ kind: Kind) throws(ParlanceError) -> Int {
    let value = try integer(name, kind)
    guard value <= Int(Int32.max) else { throw fault("expected \(name) of 31 bits, found \(value)") }
    return value
  }

  /// A field that must be a whole number from 0 to 2^63 - 1.
  func integer(_ name: String, _ kind: Kind) throws(ParlanceError) -> Int {
    try expect(.varint, kind, name)
    let value = try varint()
    guard let value = Int(exactly: value) else {
      throw fault("expected \(name) that is not below zero, found \(Int64(bitPattern: value))")
    }
    return value
  }

  func double(_ name: String, _ kind: Kind) throws(ParlanceError) -> Double {
    try expect(.eightBytes, kind, name)
    var bits: UInt64 = 0
    for (index, byte) in try take(8).enumerated() { bits |= UInt64(byte) << UInt64(8 * index) }
    return Double(bitPattern: bits)
  }

  /// - Parameter maximum: the most bytes it may have.
  func text(_ name: String, _ kind: Kind, maximum: Int) throws(ParlanceError) -> String {
    try expect(.counted, kind, name)
    let length = try length()
    guard length <= maximum else { throw fault("expected \(name) of at most \(maximum) bytes, found \(length)") }
    guard let text = String(validating: try take(length), as: UTF8.self) else {
      throw fault("expected \(name) in UTF-8")
    }
    return text
  }

  /// Reads a field that is a message itself.
  func message(
    _ name: String, _ kind: Kind, _ body: () throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    try expect(.counted, kind, name)
    let length = try length()
    let outer = end
    end = bytes.offset + length
    try body()
    end = outer
  }

  /// Passes over the value of a field that is not known.
  func skip(_ kind: Kind) throws(ParlanceError) {
    switch kind {
    case .varint: _ = try varint()
    case .eightBytes: _ = try take(8)
    case .fourBytes: _ = try take(4)
    case .counted:
      let length = try length()
      guard try bytes.skip(length) else { throw cutShort }
    }
  }

  private func length() throws(ParlanceError) -> Int {
    let length = try varint()
    guard length <= UInt64(end - bytes.offset) else { throw fault("a field goes on behind the end of its message") }
    return Int(length)
  }

  private func take(_ count: Int) throws(ParlanceError) -> [UInt8] {
    guard count <= end - bytes.offset else { throw fault("a field goes on behind the end of its message") }
    guard let taken = try bytes.bytes(count) else { throw cutShort }
    return taken
  }

  private func expect(_ wanted: Kind, _ found: Kind, _ name: String) throws(ParlanceError) {
    guard wanted == found else {
      throw fault("expected \(name) as a field of kind \(wanted.rawValue), found \(found.rawValue)")
    }
  }

  private var cutShort: ParlanceError { fault("the file is cut short") }

  /// An error about what is being read.
  func fault(_ message: String) -> ParlanceError {
    ParlanceError(.badInput, message, at: .init(file: bytes.path, component: "\(component), byte \(bytes.offset)"))
  }
}
