import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A parser under test: any bytes may come, it may refuse them with a `ParlanceError`, and nothing else may happen.
struct FuzzTarget: Sendable {
  let name: String
  let read: @Sendable ([UInt8]) throws(ParlanceError) -> Void

  /// A parser that opens a file: the bytes are written to a scratch file first.
  static func file(
    _ name: String, suffix: String = "", _ read: @escaping @Sendable (_ path: String) throws(ParlanceError) -> Void
  ) -> FuzzTarget {
    FuzzTarget(name: name) { bytes throws(ParlanceError) in
      let path = ScratchFile.write(bytes, suffix: suffix)
      try read(path)
    }
  }
}

/// One file a process, in memory where the system has a place for that.
enum ScratchFile {
  static let folder: String = {
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    let folder = "\(parent)/parlance-fuzz-\(getpid())"
    mkdir(folder, 0o700)
    return folder
  }()

  static func write(_ bytes: [UInt8], suffix: String) -> String {
    let path = "\(folder)/input\(suffix)"
    write(bytes, to: path)
    return path
  }

  static func write(_ bytes: [UInt8], to path: String) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(file >= 0, "cannot write \(path)")
    defer { close(file) }
    precondition(Glibc.write(file, bytes, bytes.count) == bytes.count, "cannot write \(path)")
  }
}
