public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A long job asks first whether its result will fit.
public enum FreeSpace {
  /// The bytes that may still be written in `folder`, or `nil` where the system does not say.
  public static func available(in folder: String) -> Int? {
    var status = statvfs()
    guard unsafe statvfs(folder, &status) == 0 else { return nil }
    return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  /// - Parameters:
  ///   - bytes: an estimate from above of what will be written.
  ///   - path: the file or folder that will be written; its folder must be there.
  /// - Throws: `cannotWrite` when that is more than there is room for.
  public static func check(_ bytes: Int, for path: String) throws(ParlanceError) {
    guard let available = available(in: folder(of: path)), available < bytes else { return }
    let megabyte = 1_000_000
    throw ParlanceError(
      .cannotWrite,
      "about \(bytes / megabyte) MB are needed and \(available / megabyte) MB are free; free some disk space first",
      at: .init(file: path))
  }
}
