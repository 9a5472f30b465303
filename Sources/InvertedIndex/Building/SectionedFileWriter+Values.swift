import BinaryFiles
import Diagnostics

extension SectionedFileWriter {
  /// Writes numbers that come one by one.
  ///
  /// - Parameter give: gets a function that takes the next number.
  func writeValues<Value: BitwiseCopyable>(
    _ give: ((Value) throws(ParlanceError) -> Void) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    var values: [Value] = []
    values.reserveCapacity(8192)
    try give { value throws(ParlanceError) in
      values.append(value)
      if values.count == 8192 {
        try self.write(values)
        values.removeAll(keepingCapacity: true)
      }
    }
    try write(values)
  }
}
