import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// All targets. Each has its seeds in Corpus/NAME.
let targets: [FuzzTarget] =
  LineFileTargets.all + RecordTargets.all + CheckpointTargets.all + WordPieceTargets.all + DocumentTargets.all
  + ImportTargets.all + ContainerTargets.all + VectorTargets.all + IndexTargets.all + TeacherTargets.all
  + HubTargets.all + InterchangeTargets.all

let chosen: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
  guard let target = targets.first(where: { $0.name == name }) else {
    // `FUZZ_TARGET=list` is how the script learns the names.
    for target in targets { print(target.name) }
    // libFuzzer takes an exit for a crash and leaves nobody time to flush.
    fflush(nil)
    _exit(name == "list" ? 0 : 64)
  }
  return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = [UInt8](UnsafeBufferPointer(start: start, count: count))
  do {
    try chosen.read(bytes)
  } catch {
    // Refused, as it may be. The message must be printable whatever the input was.
    precondition(!error.description.isEmpty)
  }
  return 0
}
