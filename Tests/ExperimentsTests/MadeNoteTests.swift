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

  private func fault(_ step: Sweep.Preparation, without written: [String] = []) -> ParlanceError? {
    var data = DataFingerprints()
    do throws(ParlanceError) {
      try MadeNote.check(step, operands: step.command.dropFirst(), without: written, &data)
      return nil
    } catch {
      return error
    }
  }

  private func note(_ step: Sweep.Preparation, without written: [String] = []) throws {
    var data = DataFingerprints()
    try MadeNote(of: step, operands: step.command.dropFirst(), without: written, &data).write(for: step.makes)
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

  @Test("a file behind the sign of an option or a name is read as well, and what is made is not")
  func signs() throws {
    try inFolder { folder, step in
      var data = DataFingerprints()
      let words = ["--passages=\(folder)/in.jsonl", "a=\(folder)/model/config.json", "--out=\(folder)/made", "x="]
      let note = try MadeNote(of: step, operands: words, without: [], &data)
      #expect(note.read.map(\.file) == ["\(folder)/in.jsonl", "\(folder)/model/config.json"])
    }
  }

  @Test("of a folder of documents every file counts, but hidden ones; what changed in it, and what came later, is told")
  func documents() throws {
    try inFolder { folder, step in
      var step = step
      step.command = ["passages", folder + "/docs", "--out", "{out}"]
      try FileManager.default.createDirectory(atPath: folder + "/docs/deep/er", withIntermediateDirectories: true)
      for name in ["a.md", "deep/b.html", "deep/er/c.pdf", ".hidden"] { try write(name, "docs/" + name, in: folder) }
      // No walk in a circle.
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/docs/deep/up", withDestinationPath: folder + "/docs")
      try note(step)
      #expect(
        try MadeNote.of(step.makes)?.read.map(\.file)
          == ["a.md", "deep/b.html", "deep/er/c.pdf"].map { "\(folder)/docs/\($0)" })
      #expect(fault(step) == nil)
      try write("other", "docs/deep/er/c.pdf", in: folder)
      #expect(fault(step)?.message.contains("docs/deep/er/c.pdf, which changed since") == true)
      try write("deep/er/c.pdf", "docs/deep/er/c.pdf", in: folder)
      #expect(fault(step) == nil)
      try write("new", "docs/deep/new.md", in: folder)
      #expect(fault(step)?.message.contains("docs, and \(folder)/docs/deep/new.md is not in its note") == true)
    }
  }

  @Test("what a sweep writes into a folder that a step reads is not read by it, but what an earlier step made is")
  func written() throws {
    try inFolder { folder, _ in
      try FileManager.default.createDirectory(atPath: folder + "/docs/sweep/runs", withIntermediateDirectories: true)
      var sweep = try Sweep(yaml: "recipe: r\nevaluate: [{conversations: c, qrels: q}]\n", file: "s.yaml")
      sweep.prepare = ["docs/first", "docs/own", "docs/runs"].map {
        // The folder in another spelling.
        Sweep.Preparation(makes: "\(folder)/\($0)", command: ["passages", folder + "/./docs", "--out", "{out}"])
      }
      let step = sweep.prepare[1]
      let written = MadeNote.written(from: 1, of: sweep, in: SweepFolder(folder + "/docs/sweep"))
      for name in ["a.md", "first", "sweep/runs.sqlite"] { try write(name, "docs/" + name, in: folder) }
      try note(step, without: written)
      let read = try #require(try MadeNote.of(step.makes)).read.map(\.file)
      #expect(read == ["a.md", "first"].map { "\(folder)/./docs/\($0)" })
      try FileManager.default.createDirectory(atPath: folder + "/docs/runs", withIntermediateDirectories: true)
      for name in ["own", "first.made", "runs/part", "runs.made", "sweep/runs.sqlite", "sweep/runs/log"] {
        try write("later", "docs/" + name, in: folder)
      }
      #expect(fault(step, without: written) == nil)
      try write("other", "docs/first", in: folder)
      #expect(fault(step, without: written)?.message.contains("docs/first, which changed since") == true)
      try write("first", "docs/first", in: folder)
      try write("new", "docs/runs.md", in: folder)
      #expect(fault(step, without: written)?.message.contains("docs/runs.md is not in its note") == true)
    }
  }
}
