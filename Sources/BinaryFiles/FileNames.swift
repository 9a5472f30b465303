import CKernels
package import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The changes of a folder that writers make, each of them one operation of the fault layer.
package enum FileNames {
  /// Gives `old` the name `new` in one step; whatever had that name is gone.
  package static func rename(_ old: String, to new: String, faults: FaultLayer?) throws(ParlanceError) {
    if let number = faults?.failure(of: .rename(from: old, to: new)) {
      throw systemError(number, cannot: "give the finished file its name", path: new, fallback: .cannotWrite)
    }
    guard systemRename(old, new) == 0 else {
      throw systemError(errno, cannot: "give the finished file its name", path: new, fallback: .cannotWrite)
    }
  }

  /// Puts the folder `fresh` at `path` in one step where the system can, and brings the name to the disk; what was there before is
  /// removed.
  ///
  /// - Throws: `cannotWrite`; what was there before is there again, unless the last step failed, bringing the name to the disk.
  package static func replace(folder path: String, by fresh: String, faults: FaultLayer?) throws(ParlanceError) {
    try replace(folder: path, by: fresh, faults: faults) { unsafe parlance_exchange_names($0, $1) == 0 }
  }

  /// Where a folder is between the two steps that replace it, and after a kill at that moment; a name that nobody else takes.
  package static func replacedFolder(_ path: String) -> String {
    folder(of: path) + "/." + fileName(of: path) + ".old"
  }

  /// - Parameter exchange: gives each of two names what the other stands for, or returns false.
  static func replace(
    folder path: String, by fresh: String, faults: FaultLayer?, exchanging exchange: (String, String) -> Bool
  ) throws(ParlanceError) {
    guard exists(path) else {
      try rename(fresh, to: path, faults: faults)
      return try sync(folder: folder(of: path), faults: faults)
    }
    if let number = faults?.failure(of: .rename(from: fresh, to: path)) {
      throw systemError(number, cannot: "put the new folder in its place", path: path, fallback: .cannotWrite)
    }
    var old = fresh
    if !exchange(fresh, path) {
      // Not every file system exchanges names: for a moment there is no folder.
      old = replacedFolder(path)
      // Of a kill behind such a moment: the folder of that time has long had its name.
      removeTree(old)
      guard systemRename(path, old) == 0 else {
        throw systemError(errno, cannot: "put the old folder out of its place", path: path, fallback: .cannotWrite)
      }
      guard systemRename(fresh, path) == 0 else {
        let number = errno
        _ = systemRename(old, path)
        throw systemError(number, cannot: "put the new folder in its place", path: path, fallback: .cannotWrite)
      }
    }
    // Also where the names do not come to the disk: they are exchanged, and the old folder is nobody's.
    defer { removeTree(old) }
    try sync(folder: folder(of: path), faults: faults)
  }

  /// Removes a folder with all that is in it, if it is there; a failure only leaves rubbish behind.
  package static func removeTree(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The name of a folder without slashes at its end, so that what is put beside it does not come into it; `/` stays.
  package static func withoutTrailingSlashes(_ path: String) -> String {
    var path = path
    while path.hasSuffix("/"), path != "/" { path.removeLast() }
    return path
  }

  /// Makes a folder and those above it, as far as they are not there.
  ///
  /// - Throws: `cannotWrite` with the system's reason: no rights, a full disk, a file where a folder should be.
  package static func makeFolder(_ path: String) throws(ParlanceError) {
    if let number = faultOfMaking(path) {
      throw ParlanceError(
        .cannotWrite, "the folder cannot be made: \(advisedReason(number))", at: .init(file: path))
    }
  }

  /// The `errno` of the call that failed; `nil` where the folder is there.
  private static func faultOfMaking(_ path: String) -> Int32? {
    if unsafe mkdir(path, 0o777) == 0 { return nil }
    let number = errno
    if isFolder(path) { return nil }
    let above = folder(of: path)
    guard number == ENOENT, above != path else { return number }
    if let number = faultOfMaking(above) { return number }
    // Somebody else may have made it in between.
    guard unsafe mkdir(path, 0o777) != 0 else { return nil }
    let second = errno
    return isFolder(path) ? nil : second
  }

  /// Whether `path` is a folder, links followed.
  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Waits until the names in `folder` are on the disk.
  package static func sync(folder: String, faults: FaultLayer?) throws(ParlanceError) {
    if let number = faults?.failure(of: .syncFolder(path: folder)) {
      throw systemError(number, cannot: "bring the folder to the disk", path: folder, fallback: .cannotWrite)
    }
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw systemError(errno, cannot: "open the folder", path: folder, fallback: .cannotWrite)
    }
    defer { close(descriptor) }
    // Some network file systems refuse to sync a folder and need not: EINVAL is not a failure.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw systemError(errno, cannot: "bring the folder to the disk", path: folder, fallback: .cannotWrite)
    }
  }

  /// Whether `path` is an ordinary file, links followed: one that can be read twice, unlike a pipe or a terminal.
  package static func isOrdinaryFile(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Makes an empty file that only its owner may read, unless something is there.
  ///
  /// - Throws: `cannotWrite`.
  package static func makePrivate(_ path: String) throws(ParlanceError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)
    if descriptor >= 0 {
      close(descriptor)
    } else if errno != EEXIST {
      throw systemError(errno, cannot: "make the file", path: path, fallback: .cannotWrite)
    }
  }

  /// Whether anybody but its owner has a right to a file, links followed.
  package static func isOpenToOthers(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & (S_IRWXG | S_IRWXO) != 0
  }

  /// Takes every right to a file from all but its owner.
  ///
  /// - Throws: `cannotWrite` where it is not ours to take.
  package static func keepFromOthers(_ path: String) throws(ParlanceError) {
    guard isOpenToOthers(path) else { return }
    guard unsafe chmod(path, S_IRUSR | S_IWUSR) == 0 else {
      throw systemError(errno, cannot: "keep the file from others", path: path, fallback: .cannotWrite)
    }
  }

  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// Whether `path` is a pipe, a terminal or a device, links followed: what gives its bytes once.
  package static func isStream(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
  }

  /// Whether both names are those of one ordinary file, links followed.
  package static func isSame(_ left: String, _ right: String) -> Bool {
    var first = stat()
    var second = stat()
    return unsafe stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_mode & S_IFMT == S_IFREG
      && first.st_ino == second.st_ino && first.st_dev == second.st_dev
  }

  /// Whether both names are those of one folder, links followed.
  package static func isSameFolder(_ left: String, _ right: String) -> Bool {
    var first = stat()
    var second = stat()
    return unsafe stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_mode & S_IFMT == S_IFDIR
      && first.st_ino == second.st_ino && first.st_dev == second.st_dev
  }

  /// Whether there is nothing at `path`; false where something is there and may not be looked at.
  package static func isMissing(_ path: String) -> Bool {
    unsafe access(path, F_OK) != 0 && [ENOENT, ENOTDIR].contains(errno)
  }

  /// Whether the system keeps `path`, such as `/dev/stdout`: what `>` or a pipe put behind such a name is written to, never
  /// replaced.
  package static func isOfSystem(_ path: String) -> Bool {
    path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
  }

  /// The file that a writer of `path` writes: the one behind its symbolic links, which need not be there yet. A link to a name
  /// of the system's is followed to that name.
  ///
  /// - Throws: `cannotWrite` for links that lead in a circle.
  package static func target(of path: String) throws(ParlanceError) -> String {
    var target = path
    for _ in 0..<40 {
      guard !isOfSystem(target), let link = link(at: target) else { return target }
      target = link.hasPrefix("/") ? link : folder(of: target) + "/" + link
    }
    throw systemError(ELOOP, cannot: "follow its links", path: path, fallback: .cannotWrite)
  }

  /// Where the symbolic link `path` leads; `nil` for anything else.
  private static func link(at path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(path, &bytes, bytes.count)
    return count > 0 ? String(validating: bytes[..<count], as: UTF8.self) : nil
  }

  /// - Throws: `cannotWrite` when `path` is a folder, which no finished file can take the name of.
  package static func refuseFolder(_ path: String) throws(ParlanceError) {
    if isFolder(path) {
      throw ParlanceError(.cannotWrite, "expected the name of a file, this is a folder", at: .init(file: path))
    }
  }

  /// Removes the symbolic link `path`; anything else stays.
  static func removeLink(_ path: String) {
    if link(at: path) != nil { _ = unsafe unlink(path) }
  }

  /// Removes a file if it is there; a failure only leaves rubbish behind and is not an error.
  package static func remove(_ path: String, faults: FaultLayer?) {
    if faults?.failure(of: .remove(path: path)) != nil { return }
    _ = unsafe unlink(path)
  }
}

private func systemRename(_ old: String, _ new: String) -> Int32 {
  unsafe rename(old, new)
}
