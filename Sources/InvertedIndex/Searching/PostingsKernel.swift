import CKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which instructions add up postings: the fastest that this machine has, unless the environment's `PARLANCE_KERNEL` names
/// others (`avx512`, `avx2`, `portable`). All of them give the same sums of
/// weights that are numbers; what a forged file may have in their place (halves below zero or without end) adds up to something
/// else by each, and nothing worse.
@safe struct PostingsKernel: @unchecked Sendable {
  let pointer: OpaquePointer

  static let standard = PostingsKernel(named: unsafe getenv("PARLANCE_KERNEL").map { unsafe String(cString: $0) })

  /// - Parameter name: `nil` and what this machine cannot run give the fastest.
  init(named name: String?) {
    let isPortable = name == "portable" || name == "baseline"
    let named = unsafe name.flatMap { unsafe parlance_postings_named(isPortable ? "scalar" : $0) }
    unsafe pointer = named ?? parlance_postings_best()
  }

  /// Such as `avx512`.
  var name: String { unsafe String(cString: parlance_postings_name(pointer)) }
}
