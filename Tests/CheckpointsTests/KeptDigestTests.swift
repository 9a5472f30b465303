import Foundation
import TestSupport
import Testing

@testable import BinaryFiles
@testable import Checkpoints

@Suite("the hash of the weights, kept") struct KeptDigestTests {
  @Test("a file that was hashed is not read again until it changes; a fresh one is not trusted")
  func keeping() throws {
    let folder = try TestSupport.temporaryFolder("digest")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let (derived, path) = (DerivedFiles(folder: folder + "/cache"), folder + "/weights")
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    func digest(isSettled: Bool) throws -> SHA256.Digest {
      try KeptDigest.digest(of: MappedFile(path: path), derived) { _ in isSettled }
    }
    let first = SHA256.digest(of: [1, 2, 3])
    #expect(try digest(isSettled: false) == first)
    #expect(!FileManager.default.fileExists(atPath: folder + "/cache"))
    #expect(try digest(isSettled: true) == first)
    // A wrong hash with the right stamp shows that the bytes are not read.
    let stamp = try MappedFile(path: path).stamp
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder + "/cache").first)
    let forged = SHA256.digest(of: [9])
    derived.keep(
      String(name.dropLast(".derived".count)),
      FileFormat(magic: "PARLHASH", name: "kept hash of a file", version: FormatVersion(1, 0))
    ) { writer in
      try writer.beginSection("digest")
      try writer.write(stamp.bytes + forged.bytes)
    }
    #expect(try digest(isSettled: false) == forged)
    // The same length, written in place, and again while the clock of the file system, which is coarse, has not moved on.
    for _ in 0..<1000 where FileStamp(path: path) == stamp {
      usleep(10_000)
      let handle = try #require(FileHandle(forWritingAtPath: path))
      try handle.write(contentsOf: Data([3, 2, 1]))
      try handle.close()
    }
    #expect(try digest(isSettled: true) == SHA256.digest(of: [3, 2, 1]))
    // Another file in its place.
    try Data([5, 5, 5]).write(to: URL(fileURLWithPath: path), options: .atomic)
    #expect(try digest(isSettled: true) == SHA256.digest(of: [5, 5, 5]))
  }
}
