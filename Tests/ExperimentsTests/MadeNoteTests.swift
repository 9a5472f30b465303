import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("what a sweep prepared")
struct MadeNoteTests {
  /// A step that makes `made` of a file, an index and a model.
  private func inFolder(_ body: (String, Sweep.Preparation) throws -> Void) throws {
    let folder = try TestSupport.temporaryFolder("made")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for path in ["index/manifest", "model/config.json", "model/model.safetensors", "in.jsonl", "made", "index/segment"]
    {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/\(path)".split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" },
        withIntermediateDirectories: true)
      try write(path, path, in: folder)
    }
    let command = [
      "teach", "--index", folder + "/index", "--model", folder + "/model", "--weights", "2,1", "--out", "{out}",
      "--rewrites", folder + "/in.jsonl",
    ]
    try body(folder, Sweep.Preparation(makes: folder + "/made", command: command))
  }

  private func write(_ text: String, _ path: String, in folder: String) throws {
    try Data(text.utf8).write(to: URL(filePath: folder + "/" + path))
  }

  private func fault(_ step: Sweep.Preparation) -> ParlanceError? {
    var data = DataFingerprints()
    do throws(ParlanceError) {
      try MadeNote.check(step, &data)
      return nil
    } catch {
      return error
    }
  }

  private func note(_ step: Sweep.Preparation) throws {
    var data = DataFingerprints()
    try MadeNote(of: step, &data).write(for: step.makes)
  }

  @Test(
    "made of a file, an index or a model that changed since, it is refused by their names",
    arguments: ["in.jsonl", "index/manifest", "model/model.safetensors"])
  func changed(input: String) throws {
    try inFolder { folder, step in
      try note(step)
      #expect(fault(step) == nil)
      try write("other", input, in: folder)
      let refused = try #require(fault(step))
      #expect(refused.code == .badInput && refused.location?.file == folder + "/made")
      #expect(
        refused.message
          == "it was made of \(folder)/\(input), which changed since; remove it to have it made again, or "
          + "\(folder)/made.made to keep it as it is")
    }
  }

  @Test("made by another command it is refused; without a note, or of files that are gone, it is taken as it is")
  func command() throws {
    try inFolder { folder, step in
      try write("other", "in.jsonl", in: folder)
      #expect(fault(step) == nil)
      try note(step)
      try FileManager.default.removeItem(atPath: folder + "/in.jsonl")
      #expect(fault(step) == nil)
      var other = step
      other.command[6] = "1,1"
      #expect(fault(other)?.message.contains("another command, parlance teach --index") == true)
      try write("no note", "made.made", in: folder)
      #expect(fault(step)?.message.contains("expected the note of what") == true)
    }
  }

  @Test("an index that is being built is not made yet, one without a lock or with a manifest is")
  func unfinished() throws {
    try inFolder { folder, step in
      let index = folder + "/index"
      #expect(MadeNote.isMade(index) && MadeNote.isMade(step.makes) && !MadeNote.isMade(folder + "/none"))
      try write("", "index/lock", in: folder)
      #expect(MadeNote.isMade(index))
      try FileManager.default.removeItem(atPath: index + "/manifest")
      #expect(!MadeNote.isMade(index))
    }
  }

  @Test("the notes are kept in the sweep's folder, whatever becomes of those beside what was made")
  func kept() throws {
    try inFolder { folder, step in
      let sweep = SweepFolder(folder)
      #expect(try MadeNote.kept(in: sweep).isEmpty)
      try MadeNote.keep([step], in: sweep)
      #expect(try MadeNote.kept(in: sweep).isEmpty)
      try note(step)
      try MadeNote.keep([step], in: sweep)
      try FileManager.default.removeItem(atPath: step.makes + ".made")
      #expect(try MadeNote.kept(in: sweep)[step.makes]?.command == step.command)
    }
  }

  @Test("a subcommand's name is no file")
  func subcommand() throws {
    #expect(Array(MadeNote.operands(of: ["index", "build", "--vectors", "v"])) == ["--vectors", "v"])
    #expect(Array(MadeNote.operands(of: ["rewrite", "c.jsonl", "--model", "m"])) == ["c.jsonl", "--model", "m"])
  }
}
