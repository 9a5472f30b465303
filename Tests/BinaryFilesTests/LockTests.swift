import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import BinaryFiles

@Suite("Locks of files that are being written") struct LockTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("locks") }

  /// Lets `body` act between the opening of the first file and its lock, as another process may.
  func between(_ body: @escaping (String) -> FaultLayer.Fault?) -> FaultLayer {
    var isFirst = true
    return FaultLayer { _, operation in
      guard isFirst, case .lock(let path) = operation else { return nil }
      isFirst = false
      return body(path)
    }
  }

  @Test("a temporary file that another writer removes before it is locked is made anew")
  func removed() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let faults = between { path in
      unlink(path)
      return nil
    }
    try FaultLayer.$current.withValue(faults) { try AtomicFile.write([1, 2, 3], to: folder + "/a") }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/a")) == Data([1, 2, 3]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }

  @Test("a temporary file that another writer is about to remove is made anew")
  func locked() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var other: Int32 = -1
    let faults = between { path in
      other = open(path, O_RDONLY)
      #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
      return nil
    }
    try FaultLayer.$current.withValue(faults) {
      let file = try AtomicFile(path: folder + "/a")
      // The other writer goes on: nothing of this file may depend on what it removes.
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
        let path = folder + "/" + name
        if path != file.temporaryPath { unlink(path) }
      }
      close(other)
      try file.write([1, 2, 3])
      try file.commit()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }

  @Test("a file system without locks is written to all the same, and any other failure is told")
  func withoutLocks() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for number in [ENOLCK, ENOSYS, EOPNOTSUPP] {
      try FaultLayer.$current.withValue(between { _ in .error(number) }) {
        try AtomicFile.write([1], to: folder + "/a")
      }
    }
    let error = #expect(throws: ParlanceError.self) {
      try FaultLayer.$current.withValue(between { _ in .error(EIO) }) { try AtomicFile.write([1], to: folder + "/b") }
    }
    #expect(error?.code == .cannotWrite && error?.message.contains("lock it") == true, "\(error as Any)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
  }

  @Test("a lock that cannot be had is not taken for another writer", arguments: [ENOLCK, EIO])
  func impossible(number: Int32) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let error = #expect(throws: ParlanceError.self) {
      try FaultLayer.$current.withValue(between { _ in .error(number) }) { try OutputFile.locked(path: folder + "/a") }
    }
    let reason = String(cString: strerror(number))
    #expect(error?.code == .cannotWrite && error?.message.contains(reason) == true, "\(error as Any)")
    let first = try OutputFile.locked(path: folder + "/a")
    let second = #expect(throws: ParlanceError.self) { try OutputFile.locked(path: folder + "/a") }
    #expect(second?.code == .tryAgain)
    withExtendedLifetime(first) {}
  }
}
