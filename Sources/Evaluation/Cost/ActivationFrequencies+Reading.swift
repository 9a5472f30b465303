public import Diagnostics
public import SparseVectors

extension ActivationFrequencies {
  /// Counts the active terms of a whole file.
  ///
  /// - Throws: `ParlanceError` with code `badInput` for a damaged file, `interrupted`.
  public init(
    _ file: VectorsFile, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    self.init()
    for position in 0..<file.count {
      if position % 4096 == 0 {
        try interruption?.check()
        progress?(Progress("counting", completed: position, total: file.count, unit: "vectors"))
      }
      add(try file.vector(at: position))
    }
  }
}
