import BinaryFiles
import Diagnostics

/// Reading a little out of a section by value.
extension Section {
  /// The value at `index`, where the section is seen as an array of them.
  func value<Value: BitwiseCopyable>(_ type: Value.Type, at index: Int) throws(ParlanceError) -> Value {
    let values = try values(type, from: index, count: 1)
    return values[0]
  }

  /// A copy of the bytes of `range`.
  func copy(of range: Range<Int>) throws(ParlanceError) -> [UInt8] {
    let bytes = try bytes(in: range)
    return bytes.array()
  }
}
