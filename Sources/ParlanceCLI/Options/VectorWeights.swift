import ArgumentParser
import SparseVectors

/// How exactly a `.vectors` file keeps weights, as it is said on the command line.
enum VectorWeights: String, ExpressibleByArgument, CaseIterable {
  case f32
  case f16

  var kind: VectorsDescription.WeightKind { self == .f32 ? .float32 : .float16 }
}
