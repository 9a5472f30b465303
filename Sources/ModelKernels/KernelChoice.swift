import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which kernels run here: the fastest, unless the environment's `PARLANCE_KERNEL` names others.
///
/// `avx512`, `avx2` or `portable` computes every logit with these instructions; `screen-avx2` and the like screens with
/// those. `baseline` is the engine's name for `portable`.
@safe public struct KernelChoice: @unchecked Sendable {
  let layers: OpaquePointer
  /// `nil` where every logit is computed.
  let screen: OpaquePointer?

  public static let standard = KernelChoice(named: unsafe getenv("PARLANCE_KERNEL").map { unsafe String(cString: $0) })

  /// - Parameter name: as in the environment; `nil` and what this machine cannot run give the fastest.
  public init(named name: String?) {
    let best = unsafe parlance_screen_best()
    let isScalar = unsafe String(cString: parlance_screen_name(best)) == "scalar"
    guard let name else {
      unsafe layers = parlance_layers_best()
      // Without instructions for it, screening takes longer than computing.
      unsafe screen = isScalar ? nil : best
      return
    }
    if name.hasPrefix("screen") {
      unsafe layers = parlance_layers_best()
      unsafe screen = name == "screen" ? best : parlance_screen_named(String(name.dropFirst("screen-".count)))
    } else {
      unsafe layers =
        parlance_layers_named(name == "baseline" ? "portable" : name) ?? parlance_layers_best()
      unsafe screen = nil
    }
  }

  /// Such as `avx512`.
  public var layersName: String { unsafe String(cString: parlance_layers_name(layers)) }

  /// Such as `avx512vnni`; `nil` where every logit is computed.
  public var screenName: String? {
    unsafe screen.map { unsafe String(cString: parlance_screen_name($0)) }
  }
}
