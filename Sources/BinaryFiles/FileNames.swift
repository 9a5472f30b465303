package import Diagnostics

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

  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  /// - Throws: `cannotWrite` when `path` is a folder, which no finished file can take the name of.
  package static func refuseFolder(_ path: String) throws(ParlanceError) {
    var status = stat()
    if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw ParlanceError(.cannotWrite, "expected the name of a file, this is a folder", at: .init(file: path))
    }
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
