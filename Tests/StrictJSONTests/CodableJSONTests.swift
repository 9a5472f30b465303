import Diagnostics
import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("What we alone write as JSON") struct CodableJSONTests {
  struct Note: Codable, Equatable {
    var words: [String]
    var figure: Double
  }

  let folder: String
  var path: String { folder + "/note" }

  init() throws { folder = try TestSupport.temporaryFolder("codable-json") }

  @Test("has its keys in order and its slashes as they are, and is read again")
  func written() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let note = Note(words: ["a/b", "ä"], figure: 0.1)
    try CodableJSON.write(note, to: path, orSay: "cannot")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == #"{"figure":0.1,"words":["a/b","ä"]}"#)
    #expect(try CodableJSON.read(Note.self, from: path, orSay: "other") == note)
    let pretty = try CodableJSON.bytes(of: ["b": 1, "a": 2], isPretty: true, orSay: "cannot", at: path)
    #expect(String(decoding: pretty, as: UTF8.self) == "{\n  \"a\" : 2,\n  \"b\" : 1\n}")
    #expect(CodableJSON.value([String: Int].self, in: pretty) == ["a": 2, "b": 1])
  }

  @Test("a number that JSON does not have, and a file of something else, are told in the caller's words")
  func refused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let endless = #expect(throws: ParlanceError.self) {
      try CodableJSON.write(Note(words: [], figure: .infinity), to: path, orSay: "no number")
    }
    #expect(endless == ParlanceError(.internalFault, "no number", at: .init(file: path)))
    let missing = #expect(throws: ParlanceError.self) { try CodableJSON.read(Note.self, from: path, orSay: "other") }
    #expect(missing?.code == .noInput)
    for text in ["", "{", #"{"words":[]}"#, "[]"] {
      try text.write(toFile: path, atomically: false, encoding: .utf8)
      let other = #expect(throws: ParlanceError.self) { try CodableJSON.read(Note.self, from: path, orSay: "other") }
      #expect(other == ParlanceError(.badInput, "other", at: .init(file: path)), "\(text)")
      #expect(CodableJSON.value(Note.self, in: Array(text.utf8)) == nil)
    }
  }
}
