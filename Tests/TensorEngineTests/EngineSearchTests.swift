import CTensorEngine
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import TensorEngine

@Suite("libraries that are there")
struct EngineSearchTests {
  @Test(
    "a library that is there and is no engine ends the search, with the reason",
    .enabled(if: Compiler.path != nil, "no C compiler"))
  func notAnEngine() throws {
    let folder = try TestSupport.temporaryFolder("engine")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data("not a library".utf8).write(to: URL(filePath: folder + "/text.so"))
    try Compiler.library("int unrelated(void) { return 1; }", at: folder + "/other.so")
    for (name, abi, size) in [("newer", PARLANCE_ENGINE_ABI + 1, 4096), ("shorter", PARLANCE_ENGINE_ABI, 64)] {
      try Compiler.library(
        """
        #include <stdint.h>
        static struct { uint32_t abi, size; } table = {\(abi), \(size)};
        const void *\(PARLANCE_ENGINE_ENTRY)(void) { return &table; }
        """, at: "\(folder)/\(name).so")
    }
    for (file, reason) in [
      ("text.so", "text.so"),
      ("other.so", "it has no \(PARLANCE_ENGINE_ENTRY)"),
      ("newer.so", "its ABI version is \(PARLANCE_ENGINE_ABI + 1), this Parlance needs \(PARLANCE_ENGINE_ABI)"),
      ("shorter.so", "its table has 64 bytes"),
    ] {
      let search = EngineSearch(
        in: EnginePlaces(executable: nil) { $0 == "PARLANCE_ENGINE" ? "\(folder)/\(file)" : nil })
      #expect(search.failure?.message.contains(reason) == true, "\(search.failure?.message ?? "an engine")")
      #expect(search.failure?.code == .unavailable)
    }
  }

  @Test("descriptions of devices are read and written")
  func devices() {
    for text in ["cpu", "cuda:0", "cuda:3"] { #expect(Device(text)?.description == text) }
    #expect(Device("cuda") == .cuda(0))
    for text in ["", "gpu", "cuda:", "cuda:-1", "cuda:x", "CPU"] { #expect(Device(text) == nil) }
  }
}

/// A C compiler, for libraries that are not what they should be.
enum Compiler {
  static let path = ["/usr/bin/cc", "/usr/bin/gcc", "/usr/bin/clang"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static func library(_ source: String, at path: String) throws {
    let file = path + ".c"
    try Data(source.utf8).write(to: URL(filePath: file))
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.path))
    process.arguments = ["-shared", "-fPIC", "-o", path, file]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}
