import Conversations
import Diagnostics
import Foundation
import Identifiers
import LineFiles
import TestSupport
import StrictJSON
import Testing

@Suite("Reading passages, turns and rewrites") struct RecordReaderTests {
  let folder: String

  init() throws { folder = try TestSupport.temporaryFolder("records") }

  func file(_ text: String) throws -> String {
    let path = folder + "/a.jsonl"
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  func passages(_ path: String) throws -> [Passage] {
    let reader = try PassageReader(path: path)
    var all: [Passage] = []
    while let passage = try reader.next() { all.append(passage) }
    return all
  }

  @Test("a passage keeps its further keys, escapes and all, through a round trip")
  func passageRoundTrip() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file(
      #"{"_id":"p1","title":"T","text":"a\u00e9\ud83d\ude00\n\"\\\/\b\f\r\t\u0000","n":12345678901,"x":-1.5e-3,"l":[null,true,{"k":[]}]}"#
        + "\n" + #" { "text" : "" , "_id" : "é" } "#)
    let read = try passages(path)
    #expect(read[0].text == "aé😀\n\"\\/\u{8}\u{C}\r\t\0")
    #expect(
      read[0].metadata == [
        "n": .integer(12_345_678_901), "x": .number(-0.0015),
        "l": .array([.null, .bool(true), .object(["k": .array([])])]),
      ])
    #expect(read[1] == Passage(id: "é", text: ""))
    for name in ["b.jsonl", "b.jsonl.gz"] {
      let writer = try PassageWriter(path: folder + "/" + name)
      for passage in read { try writer.write(passage) }
      try writer.finish()
      #expect(try passages(folder + "/" + name) == read)
    }
  }

  @Test("a passage of very many further keys takes as long as many passages with as many keys together")
  func manyKeys() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func passage(_ id: Int, _ count: Int) -> String {
      "{\"_id\":\"\(id)\",\"text\":\"\"," + (0..<count).map { "\"k\($0)\":0" }.joined(separator: ",") + "}\n"
    }
    let few = try file((0..<64).map { passage($0, 1000) }.joined())
    let ofFew = try ProcessorTime.of { _ = try passages(few) }
    let many = try file(passage(0, 64_000))
    var read: [Passage] = []
    let ofMany = try ProcessorTime.of { read = try passages(many) }
    #expect(ofMany < 8 * ofFew)
    #expect(read[0].metadata.count == 64_000)
    let twice = try file(passage(0, 64_000).replacing("\"k9\":", with: "\"k8\":"))
    #expect(throws: ParlanceError.self) { try passages(twice) }
  }

  @Test(
    "a malformed passage is an error that names the line, the column and what was expected",
    arguments: [
      ("", "expected a value, found the end of the line (column 1)"),
      ("[]", "expected an object, found an array (column 1)"),
      (#"{"_id":"a","text":"b""#, #"expected "," or "}", found the end of the line (column 22)"#),
      (#"{"_id":"a","text":"b"#, "expected the string's closing quotation mark, found the end of the line (column 21)"),
      (#"{"_id":"a","text":"b"} x"#, #"expected the end of the text behind the value, found a bare word (column 24)"#),
      (#"{"_id":"a","text":"b",}"#, #"expected another element behind the comma, found "}" (column 23)"#),
      (#"{"_id":"a" "text":"b"}"#, #"expected "," or "}", found a string (column 12)"#),
      (#"{"_id" "a"}"#, #"expected ":" behind the key, found a string (column 8)"#),
      (#"{_id:"a"}"#, #"expected a key in quotation marks, found a bare word (column 2)"#),
      (#"{"text":"b"}"#, #"expected the key "_id", there is none"#),
      (#"{"_id":"a"}"#, #"expected the key "text", there is none"#),
      (#"{"_id":7,"text":"b"}"#, #"expected a string as "_id", found a number (column 8)"#),
      (#"{"_id":"a","text":null}"#, #"expected a string as "text", found "null" (column 19)"#),
      (#"{"_id":"","text":"b"}"#, #"expected an id that is not empty, as "_id" (column 10)"#),
      (
        #"{"_id":"a b","text":"b"}"#,
        #"expected an id without white space and control characters, found U+0020, as "_id" (column 13)"#
      ),
      (
        #"{"_id":"a\u00a0b","text":"b"}"#,
        #"expected an id without white space and control characters, found U+00A0, as "_id" (column 18)"#
      ),
      (#"{"_id":"a","_id":"b","text":"b"}"#, #"expected the key "_id" once, it is there twice (column 18)"#),
      (#"{"_id":"a","text":"b","m":1,"m":2}"#, #"expected the key "m" once, it is there twice (column 33)"#),
      (#"{"_id":"a","text":"b","m":{"k":1,"k":1}}"#, #"expected the key "k" once, it is there twice (column 38)"#),
      (
        #"{"_id":"a","text":"\ud83d"}"#,
        #"expected a surrogate escape to have its partner (\ud83d\ude00), this one stands alone (column 26)"#
      ),
      (
        #"{"_id":"a","text":"\ude00\ud83d"}"#,
        #"expected a surrogate escape to have its partner (\ud83d\ude00), this one stands alone (column 26)"#
      ),
      (
        #"{"_id":"a","text":"\ud83d\u0041"}"#,
        #"expected a surrogate escape to have its partner (\ud83d\ude00), this one stands alone (column 32)"#
      ),
      (#"{"_id":"a","text":"\u12g4"}"#, #"expected four hexadecimal digits behind \u (column 24)"#),
      (#"{"_id":"a","text":"\x"}"#, #"expected one of " \ / b f n r t u behind the backslash (column 21)"#),
      (
        "{\"_id\":\"a\",\"text\":\"\u{1}\"}",
        "expected control characters in strings to be escaped, found byte 0x1 (column 20)"
      ),
      (#"{"_id":"a","text":"b","n":01}"#, "expected a number without leading zeros (column 28)"),
      (#"{"_id":"a","text":"b","n":1.}"#, #"expected a digit, found "}" (column 29)"#),
      (#"{"_id":"a","text":"b","n":-}"#, #"expected a digit, found "}" (column 28)"#),
      (#"{"_id":"a","text":"b","n":1e}"#, #"expected a digit, found "}" (column 29)"#),
      (#"{"_id":"a","text":"b","n":1e999}"#, "expected a number that a double can hold (column 27)"),
      (#"{"_id":"a","text":"b","n":NaN}"#, #"expected a value, found "NaN" (column 27)"#),
      (#"{"_id":"a","text":"b","n":tru}"#, #"expected true, found "}" (column 30)"#),
    ])
  func malformedPassages(line: String, message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("{\"_id\":\"first\",\"text\":\"\"}\n" + line + "\n")
    let error = #expect(throws: ParlanceError.self) { try passages(path) }
    #expect(error == ParlanceError(.badInput, message, at: .init(file: path, line: 2)))
  }

  @Test("very deep nesting is an error, not the end of the stack")
  func deep() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("{\"_id\":\"a\",\"text\":\"\",\"m\":" + String(repeating: "[", count: 100_000))
    let error = #expect(throws: ParlanceError.self) { try passages(path) }
    #expect(error?.message.contains("256 levels") == true)
  }

  @Test("an id that comes twice is an error that names both lines; ids differ when their bytes do")
  func duplicates() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func line(_ id: String) -> String { "{\"_id\":\"\(id)\",\"text\":\"\"}\n" }
    let composed = try file(line("\u{E9}") + line("e\u{301}"))
    #expect(try passages(composed).count == 2)
    let path = try file(line("a") + line("b") + line("a"))
    let error = #expect(throws: ParlanceError.self) { try passages(path) }
    #expect(error?.location?.line == 3)
    #expect(error?.message == "expected each \"_id\" once, \"a\" is already on line 1")
  }

  @Test("an id of another file is told with that file, one of the same file named again too")
  func duplicatesOfFiles() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/other", withIntermediateDirectories: true)
    let first = try file("{\"_id\":\"a\",\"text\":\"\"}\n{\"_id\":\"b\",\"text\":\"\"}\n")
    let second = folder + "/other/more.jsonl"
    try "{\"_id\":\"c\",\"text\":\"\"}\n{\"_id\":\"b\",\"text\":\"\"}\n".write(
      toFile: second, atomically: false, encoding: .utf8)
    for (path, line, place) in [(second, 2, "\(first):2"), (first, 1, "\(first):1")] {
      let error = #expect(throws: ParlanceError.self) { try PassageSource.check(files: [first, path]) }
      #expect(error?.location == .init(file: path, line: line))
      #expect(error?.message.hasSuffix("is already at \(place)") == true, "\(error as Any)")
    }
    #expect(try PassageSource.check(files: [first]) == 2)
    // Ids of one hash are looked up.
    #expect(try SeenHashes.$hash.withValue({ _ in 7 }) { try PassageSource.check(files: [first]) } == 2)
  }

  @Test("who checks passages stops on request before the first thousand")
  func interruptedCheck() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file("{\"_id\":\"a\",\"text\":\"\"}\n")
    let interruption = Interruption()
    interruption.request()
    let error = #expect(throws: ParlanceError.self) {
      try PassageSource.check(files: [path], interruption: interruption)
    }
    #expect(error?.code == .interrupted)
  }

  @Test("of many files of passages one is open at a time, and a missing one is told before any is read")
  func manyFiles() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let paths = (0..<5).map { "\(folder)/\($0).jsonl" }
    for (number, path) in paths.enumerated() {
      try Data("{\"_id\":\"\(number)\",\"text\":\"\"}\n".utf8).write(to: URL(fileURLWithPath: path))
    }
    let source = try PassageSource(files: paths)
    for (number, path) in paths.enumerated() {
      #expect(try source.next()?.id == ExternalID("\(number)"))
      #expect(source.location == .init(file: path, line: 1))
      if let open = openFiles() { #expect(open == ["\(number).jsonl"]) }
    }
    #expect(try source.next() == nil && source.location == nil)
    if let open = openFiles() { #expect(open == []) }

    let error = #expect(throws: ParlanceError.self) { try PassageSource(files: paths + [folder + "/none.jsonl"]) }
    #expect(error?.code == .noInput && error?.location?.file == folder + "/none.jsonl")
  }

  /// Which files of the test's folder this process has open; `nil` where the system does not tell.
  func openFiles() -> [String]? {
    guard let numbers = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") else { return nil }
    let start = "/" + URL(fileURLWithPath: folder).lastPathComponent + "/"
    return numbers.compactMap { number -> String? in
      guard let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + number),
        let range = path.range(of: start)
      else { return nil }
      return String(path[range.upperBound...])
    }
  }

  @Test(
    "a malformed turn is an error that names what was expected",
    arguments: [
      (
        #"{"id":"a","conversation":"c","turn":1,"messages":[]}"#, #"expected at least one message, "messages" is empty"#
      ),
      (
        #"{"id":"a","conversation":"c","turn":1,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}"#,
        "expected the last message to be the user's question, it is the assistant's"
      ),
      (
        #"{"id":"a","conversation":"c","turn":2,"messages":[{"role":"user","content":"x"}]}"#,
        #"expected "turn" to count the user's messages, 1, found 2"#
      ),
      (
        #"{"id":"a","conversation":"c","turn":1,"messages":[{"role":"user","content":" \n"}]}"#,
        "expected a question as the last message, found no words"
      ),
      (
        #"{"id":"a","conversation":"c","turn":1,"messages":[{"role":"system","content":"x"}]}"#,
        #"expected the role "user" or "assistant", found "system" (column 82)"#
      ),
      (
        #"{"id":"a","conversation":"c","turn":1.5,"messages":[{"role":"user","content":"x"}]}"#,
        "expected a whole number (column 37)"
      ),
      (
        #"{"id":"a","conversation":"c","turn":1,"messages":"x"}"#,
        #"expected an array as "messages", found a string (column 50)"#
      ),
      (#"{"id":"a","conversation":"c","turn":1}"#, #"expected the key "messages", there is none"#),
      (
        #"{"id":"a","turn":1,"messages":[{"role":"user","content":"x"}]}"#,
        #"expected the key "conversation", there is none"#
      ),
      (
        #"{"id":"a","conversation":"c","turn":1,"messages":[{"role":"user","role":"user","content":"x"}]}"#,
        #"expected the key "role" once, it is there twice (column 73)"#
      ),
    ])
  func malformedTurns(line: String, message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file(line + "\n")
    let error = #expect(throws: ParlanceError.self) { try TurnReader.all(path) }
    #expect(error == ParlanceError(.badInput, message, at: .init(file: path, line: 1)))
  }

  @Test(
    "a malformed rewrite is an error that names what was expected",
    arguments: [
      (#"{"id":"a"}"#, #"expected the key "text", there is none"#),
      (#"{"id":"a","text":"\u2003 "}"#, #"expected words as "text", found none"#),
      (#"{"id":"a","text":["x"]}"#, #"expected a string as "text", found an array (column 18)"#),
    ])
  func malformedRewrites(line: String, message: String) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = try file(line + "\n")
    let error = #expect(throws: ParlanceError.self) { try Rewrites(readingFrom: path) }
    #expect(error == ParlanceError(.badInput, message, at: .init(file: path, line: 1)))
  }

  @Test("turns and rewrites come back as they were written")
  func roundTrips() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let turn = Turn(
      id: "c_2", conversation: "c", number: 2,
      messages: [
        Message(role: .user, content: "q \"0\"\n"), Message(role: .assistant, content: "a\u{2028}\u{7F}"),
        Message(role: .user, content: "q1 \\"),
      ])
    let turns = try TurnWriter(path: folder + "/t.jsonl")
    try turns.write(turn)
    try turns.finish()
    #expect(try TurnReader.all(folder + "/t.jsonl") == [turn])

    let rewrites = try RewriteWriter(path: folder + "/r.jsonl")
    try rewrites.write(Rewrite(id: "c_2", text: "q1 in full"))
    try rewrites.finish()
    let read = try Rewrites(readingFrom: folder + "/r.jsonl")
    #expect(read["c_2"] == "q1 in full" && read["c_1"] == nil && read.count == 1)
  }

  @Test("what the readers would refuse is not written, and no file is left")
  func refusedRecords() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    do {
      let passages = try PassageWriter(path: folder + "/p.jsonl")
      let turns = try TurnWriter(path: folder + "/t.jsonl")
      let rewrites = try RewriteWriter(path: folder + "/r.jsonl")
      func refused(_ words: String, _ write: () throws -> Void) {
        let error = #expect(throws: ParlanceError.self) { try write() }
        #expect(error?.code == .badInput && error?.message.contains(words) == true, "\(error as Any)")
      }
      refused("as \"_id\"") { try passages.write(Passage(id: "a b", text: "")) }
      for key in ["_id", "title", "text"] {
        refused("found \"\(key)\"") { try passages.write(Passage(id: "a", text: "", metadata: [key: .null])) }
      }
      let question = Message(role: .user, content: "q")
      let answer = Message(role: .assistant, content: "a")
      refused("as \"id\"") { try turns.write(Turn(id: "", conversation: "c", number: 1, messages: [question])) }
      refused("as \"conversation\"") {
        try turns.write(Turn(id: "c_1", conversation: "c d", number: 1, messages: [question]))
      }
      for (number, messages, words) in [
        (0, [], "at least one message"), (1, [question, answer], "the last message"), (2, [question], "to count"),
        (1, [Message(role: .user, content: " ")], "no words"),
      ] as [(Int, [Message], String)] {
        refused(words) {
          try turns.write(Turn(id: "c_1", conversation: "c", number: number, messages: messages))
        }
      }
      refused("as \"id\"") { try rewrites.write(Rewrite(id: "a b", text: "q")) }
      refused("expected words") { try rewrites.write(Rewrite(id: "c_1", text: "\u{2003} ")) }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(
    "the development sets are read whole, with the counts that their description gives",
    .enabled(if: TestSupport.sharedData != nil, "the shared data is not beside this checkout"))
  func developmentSets() throws {
    let data = try #require(TestSupport.sharedData)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try TurnReader.all(data + "/mtrag/conversations.test.jsonl").count == 454)
    #expect(try TurnReader.all(data + "/cast_ikat/conversations.jsonl").count == 1972)
    #expect(try TurnReader.all(data + "/qrecc/conversations.jsonl").count == 2000)
    #expect(try passages(data + "/mtrag/passages.jsonl").count == 41_280)
    #expect(try Rewrites(readingFrom: data + "/mtrag/rewrites/official.jsonl").count == 777)
  }
}
