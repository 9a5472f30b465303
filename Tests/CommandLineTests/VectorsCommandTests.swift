import Foundation
import TestSupport
import Testing

@Suite("parlance vectors")
struct VectorsCommandTests {
  static let files = [
    "vocab.txt": "the\n7\n##s\n",
    "a.jsonl": "{\"id\":\"x\",\"vector\":{\"the\":1.5,\"7\":0.25}}\n{\"id\":\"y\",\"indices\":[2],\"values\":[2]}\n",
    "twice.jsonl": "{\"id\":\"x\",\"vector\":{}}\n{\"id\":\"x\",\"vector\":{}}\n",
    "piece.jsonl": "{\"id\":\"x\",\"vector\":{\"unknown\":1}}\n", "text.vectors": "this is no vectors file at all\n",
    "text.npz": "this is no npz file at all, not at all\n",
    // The end record of an archive without files.
    "bare.npz": "PK\u{5}\u{6}" + String(repeating: "\0", count: 18),
  ]

  @Test("JSON lines become vectors, a matrix, and the same JSON lines again")
  func roundTrip() throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      func run(_ arguments: String) throws -> String {
        let result = try ParlanceProcess.run(arguments.split(separator: " ").map(String.init), in: folder)
        #expect(result.code == 0, "\(result.error)")
        return result.output
      }
      _ = try run("vectors import a.jsonl --vocabulary vocab.txt --encoder mine --out a.vectors")
      _ = try run("vectors export a.vectors --to npz --out a.npz")
      _ = try run("vectors import a.npz --out b.vectors")
      _ = try run("vectors import a.jsonl --like a.vectors --out c.vectors")
      #expect(FileManager.default.contentsEqual(atPath: folder + "/a.vectors", andPath: folder + "/b.vectors"))
      #expect(FileManager.default.contentsEqual(atPath: folder + "/a.vectors", andPath: folder + "/c.vectors"))
      #expect(
        try run("vectors export b.vectors --to jsonl --out -")
          == "{\"id\":\"x\",\"vector\":{\"the\":1.5,\"7\":0.25}}\n{\"id\":\"y\",\"vector\":{\"##s\":2.0}}\n")
      #expect(
        try run("vectors export b.vectors --to jsonl --spelling indices --out -")
          == "{\"id\":\"x\",\"indices\":[0,1],\"values\":[1.5,0.25]}\n{\"id\":\"y\",\"indices\":[2],\"values\":[2.0]}\n"
      )
      let info = try run("vectors info a.vectors --verify --json")
      #expect(
        info.contains("\"vectors\" : 2") && info.contains("\"weights\" : 3") && info.contains("\"name\" : \"mine\""))
      #expect(try run("vectors info a.vectors").contains("2, 1.5 terms each on average"))
    }
  }

  @Test(
    "what is wrong is told with the exit code of its kind, and no file is left",
    arguments: [
      ("import a.jsonl --out out.vectors", 64, "--vocabulary"),
      ("import a.jsonl --vocabulary vocab.txt --out out.vectors", 64, "--encoder"),
      ("import twice.jsonl --vocabulary vocab.txt --encoder e --out out.vectors", 65, "twice.jsonl:2"),
      ("import piece.jsonl --vocabulary vocab.txt --encoder e --out out.vectors", 65, "piece.jsonl:1"),
      ("import none.jsonl --vocabulary vocab.txt --encoder e --out out.vectors", 66, "none.jsonl"),
      ("import text.npz --out out.vectors", 65, "text.npz"),
      ("import bare.npz --out out.vectors", 64, "bare.npz: the matrix does not name its columns: --like"),
      ("import bare.npz --vocabulary vocab.txt --out out.vectors", 64, "--like FILE.vectors or --encoder NAME"),
      ("import bare.npz --vocabulary vocab.txt --encoder e --out out.vectors", 65, "bare.npz"),
      ("import a.jsonl --vocabulary vocab.txt --encoder e --out none/out.vectors", 73, "none/out.vectors"),
      ("import a.jsonl --like text.vectors --encoder e --out out.vectors", 64, "--like"),
      ("info text.vectors", 65, "expected a .vectors file"), ("info none.vectors", 66, "none.vectors"),
      ("export text.vectors --to npz --out -", 65, "expected a .vectors file"),
    ])
  func malformed(arguments: String, code: Int32, words: String) throws {
    try ParlanceProcess.inFolder(of: Self.files) { folder in
      let result = try ParlanceProcess.run(["vectors"] + arguments.split(separator: " ").map(String.init), in: folder)
      #expect(result.code == code)
      #expect(result.error.contains(words), "\(result.error)")
      let left = Set(try FileManager.default.contentsOfDirectory(atPath: folder)).subtracting([".output", ".error"])
      #expect(left == Set(Self.files.keys))
    }
  }

  @Test("at the limit of file sizes the export says so and leaves nothing")
  func sizeLimit() throws {
    try ParlanceProcess.inFolder(of: [:]) { folder in
      let specimen = TestSupport.packageRoot + "/Tests/SparseVectorsTests/Goldens/v1.vectors"
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c", "ulimit -f 1; exec \"$0\" vectors export \"$1\" --to npz --out out.npz", ParlanceProcess.executable,
        specimen,
      ]
      process.currentDirectoryURL = URL(fileURLWithPath: folder)
      let pipe = Pipe()
      process.standardError = pipe
      try process.run()
      let message = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 73)
      #expect(message.contains("ulimit -f"), "\(message)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }
}
