import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

/// For tests of a process that ends: one that cannot make the file ends as none of them should.
private func endedFile(_ end: (AtomicFile) throws -> Void) -> AtomicFile {
  do {
    let folder = try TestSupport.temporaryFolder("ended")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = try AtomicFile(path: folder + "/a")
    try file.write([1])
    try end(file)
    return file
  } catch { exit(EXIT_SUCCESS) }
}

@Suite("Writing binary files") struct WritingTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("writing") }

  func write(_ path: String) throws {
    let writer = try SectionedFileWriter(path: path, format: SectionedFileTests.format)
    try writer.beginSection("one")
    try writer.write([UInt8](repeating: 1, count: 600_000))
    try writer.beginSection("two")
    try writer.write([UInt32](repeating: 2, count: 1000))
    try writer.commit()
  }

  @Test("any fault at any operation leaves the old file or the new one")
  func faults() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a"
    let count = FaultLayer()
    try FaultLayer.$current.withValue(count) { try write(path) }
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for victim in count.operations.indices {
      for fault in [FaultLayer.Fault.error(ENOSPC), .error(EIO), .crash(writing: 0), .crash(writing: 1000)] {
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        let faults = FaultLayer { number, _ in number == victim ? fault : nil }
        let error = #expect(throws: ParlanceError.self) {
          try FaultLayer.$current.withValue(faults) { try write(path) }
        }
        let now = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(now == Data("old".utf8) || now == whole, "operation \(victim), \(fault)")
        if case .error = fault {
          #expect(error?.code == .cannotWrite)
          #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a"])
        }
      }
    }
  }

  @Test("what replaces a private file is private too, also before it has the name", arguments: [0o600, 0o640, 0o664])
  func rights(mode: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func rights(of path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    let path = folder + "/a"
    try Data("old".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let file = try AtomicFile(path: path)
    #expect(try rights(of: file.temporaryPath) == mode)
    try file.write(Array("new".utf8))
    try file.commit()
    #expect(try rights(of: path) == mode)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("new".utf8))
  }

  @Test("a file that has its name, or was given up, takes no more bytes")
  func afterTheEnd() async {
    await #expect(processExitsWith: .failure) { _ = try? endedFile { try $0.commit() }.write([2]) }
    await #expect(processExitsWith: .failure) { _ = try? endedFile { $0.abandon() }.write([2]) }
  }

  @Test("a lock is held by one writer at a time and let go with it")
  func lock() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var first: FileLock? = try FileLock(path: folder + "/lock")
    do {
      _ = try FileLock(path: folder + "/lock")
      Issue.record("the second writer was let in")
    } catch {
      #expect(error.code == .tryAgain)
    }
    #expect(first != nil)
    first = nil
    _ = try FileLock(path: folder + "/lock")
  }

  @Test("more than there is room for is refused before anything is written")
  func freeSpace() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FreeSpace.check(1000, for: folder + "/a")
    let error = #expect(throws: ParlanceError.self) { try FreeSpace.check(.max / 2, for: folder + "/a") }
    #expect(error?.code == .cannotWrite)
  }

  @Test("an empty file is mapped, a folder is not")
  func mapping() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(fileURLWithPath: folder + "/empty"))
    let file = try MappedFile(path: folder + "/empty")
    let count = file.bytes.byteCount
    #expect(count == 0 && file.count == 0)
    for path in [folder, folder + "/none"] {
      let error = #expect(throws: ParlanceError.self) { try MappedFile(path: path) }
      #expect(error?.code == .noInput)
    }
  }
}
