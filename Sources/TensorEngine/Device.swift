import CTensorEngine

/// Where tensors lie and are worked on.
public enum Device: Hashable, Sendable, CustomStringConvertible {
  case cpu
  /// A CUDA device, counted from 0.
  case cuda(Int)

  /// Reads `cpu`, `cuda` or `cuda:1`.
  public init?(_ description: String) {
    switch description {
    case "cpu": self = .cpu
    case "cuda": self = .cuda(0)
    default:
      guard description.hasPrefix("cuda:"), let index = Int(description.dropFirst(5)), (0..<256).contains(index) else {
        return nil
      }
      self = .cuda(index)
    }
  }

  public var description: String {
    switch self {
    case .cpu: "cpu"
    case .cuda(let index): "cuda:\(index)"
    }
  }

  var abi: parlance_device {
    switch self {
    case .cpu: parlance_device(kind: PARLANCE_CPU, index: 0)
    case .cuda(let index): parlance_device(kind: PARLANCE_CUDA, index: Int32(index))
    }
  }

  init(_ abi: parlance_device) {
    self = abi.kind == PARLANCE_CUDA ? .cuda(Int(abi.index)) : .cpu
  }
}
