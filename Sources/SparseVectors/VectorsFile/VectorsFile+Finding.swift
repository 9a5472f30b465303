public import Diagnostics
public import Identifiers

extension VectorsFile {
  /// Where the vector of an id is, or `nil`.
  ///
  /// - Throws: `badInput` when the file turns out to be damaged.
  /// - Complexity: linear; for files of queries and single look-ups.
  public func position(of id: ExternalID) throws(ParlanceError) -> Int? {
    for position in 0..<count where try self.id(at: position) == id { return position }
    return nil
  }
}
