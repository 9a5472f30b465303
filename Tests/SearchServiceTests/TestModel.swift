import Checkpoints
import SparseEncoder
import TestSupport

/// A small committed model, computed by the package's own kernels.
enum TestModel {
  static let folder = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"

  static func encoder() async throws -> SparseEncoder {
    let checkpoint = try Checkpoint(folder: folder)
    return try SparseEncoder(checkpoint: checkpoint, forward: NativeForwardPass(checkpoint, cores: 1))
  }
}
