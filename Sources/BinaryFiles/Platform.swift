public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An error of the operating system in the words of this project.
///
/// - Parameters:
///   - number: `errno` right after the call.
///   - action: what was tried, such as `open it for reading`.
///   - path: the file.
///   - fallback: the code where `number` does not say more: `noInput` for reading, `cannotWrite` for writing.
public func systemError(
  _ number: Int32, cannot action: String, path: String, fallback: ParlanceError.Code
) -> ParlanceError {
  ParlanceError(fallback, "cannot \(action): \(advisedReason(number))", at: .init(file: path))
}

/// What the operating system calls an `errno`, and what can be done about it.
func advisedReason(_ number: Int32) -> String {
  let advice =
    switch number {
    case ENOSPC: "; free some disk space and run the command again"
    case EDQUOT: "; your disk quota is used up"
    case EFBIG: "; the limit for the size of a file (ulimit -f) is reached"
    case EMFILE, ENFILE: "; raise the limit of open files (ulimit -n)"
    default: ""
    }
  return systemReason(number) + advice
}

/// What the operating system calls an `errno`.
package func systemReason(_ number: Int32) -> String {
  unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
}

/// The folder that `path` lies in.
package func folder(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// The last part of `path`.
package func fileName(of path: String) -> String {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
  return String(path[path.utf8.index(after: slash)...])
}
