import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Importing")
struct ImportingTests {
  static let good = "{\"id\": \"a\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi?\"}]}"

  @Test(
    "a malformed row ends the import with its file and line, or is counted and told",
    arguments: [
      (good + "\n{\"messages\": [}\n", "logs.jsonl:2: "), (good + "\n[1]\n", "logs.jsonl:2: expected an object"),
      (good + "\n{\"x\": 1}\n", "logs.jsonl:2: expected an array as \"messages\""),
      ("[" + good + ",\n\n{\"x\":\n 1, }\n]", "logs.jsonl:4 (element 2): expected another element behind the comma"),
      (
        good + "\n{\"id\": \"a b\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi?\"}]}",
        "expected an id without"
      ),
      (good + "\n{\"id\": \"", "logs.jsonl:2: "),
      ("[" + good + ",\n{\"id\": \"", "logs.jsonl:2: the element has no end"), ("[" + good, "the array has no end"),
    ])
  func malformed(text: String, message: String) throws {
    let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.openai, ["logs.jsonl": text]) }
    #expect(error?.code == .badInput)
    #expect(error?.description.contains(message) == true, "\(String(describing: error))")
    let result = try ImportedFolder(.openai, ["logs.jsonl": text], keepsGoing: true)
    #expect(try result.turns() == ["a_1 a: Hi?"])
    #expect(result.summary.malformedCount == 1)
    #expect(result.summary.malformed.first?.contains(message) == true, "\(result.summary.malformed)")
  }

  @Test("lines of columns are told like rows of JSON, and judgments need whole grades")
  func malformedLines() throws {
    let queries = "{\"_id\": \"q\", \"text\": \"why?\"}\n"
    for (text, message) in [
      ("query-id\tcorpus-id\tscore\nq\tp\n", "test.tsv:2: expected 3 columns, found 2"),
      ("query-id\tcorpus-id\tscore\nq\tp\thigh\n", "test.tsv:2: expected a whole number as the grade"),
    ] {
      let files = ["queries.jsonl": queries, "qrels/test.tsv": text]
      let error = #expect(throws: ParlanceError.self) { try ImportedFolder(.beir, files) }
      #expect(error?.description.contains(message) == true, "\(String(describing: error))")
      #expect(try ImportedFolder(.beir, files, keepsGoing: true).summary.malformedCount == 1)
    }
  }

  @Test("damaged gzip ends a file even where the import goes on")
  func damaged() throws {
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = folder + "/queries.jsonl.gz"
    try Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF]).write(to: URL(fileURLWithPath: file))
    let job = DatasetImport(.beir, keepsGoing: true)
    let error = #expect(throws: ParlanceError.self) { try job.run(from: [file], to: folder + "/out") }
    #expect(error?.code == .noInput && error?.message.contains("queries.jsonl.gz") == true)
  }

  @Test("what is there is not written over, and files of other things are no input")
  func refused() throws {
    let folder = try TestSupport.temporaryFolder("import")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data((Self.good + "\n").utf8).write(to: URL(fileURLWithPath: folder + "/logs.jsonl"))
    let out = folder + "/out"
    _ = try DatasetImport(.openai).run(from: [folder + "/logs.jsonl"], to: out)
    func code(_ job: DatasetImport, _ from: String, _ to: String) -> ParlanceError.Code? {
      (#expect(throws: ParlanceError.self) { try job.run(from: [from], to: to) })?.code
    }
    #expect(code(DatasetImport(.openai), folder + "/logs.jsonl", out) == .cannotWrite)
    #expect(code(DatasetImport(.qrecc), folder + "/logs.jsonl", folder + "/other") == .noInput)
    #expect(code(DatasetImport(.qrecc), folder + "/none", folder + "/other") == .noInput)
    #expect(code(DatasetImport(.openai, prefix: "a b"), folder + "/logs.jsonl", folder + "/other") == .usage)
    #expect(!FileManager.default.fileExists(atPath: folder + "/other"))
  }
}
