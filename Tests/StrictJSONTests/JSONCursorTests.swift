import BinaryFiles
import Diagnostics
import Foundation
import StrictJSON
import TestSupport
import Testing

@Suite("Strict JSON") struct JSONCursorTests {
  func value(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8), file: "f") }

  func read<Value>(
    _ text: String, _ body: (inout JSONCursor) throws(ParlanceError) -> Value
  ) throws -> Value {
    let bytes = Array(text.utf8)
    var json = JSONCursor(bytes.rawSpan, at: .init(file: "f", line: 1))
    let value = try body(&json)
    try json.end()
    return value
  }

  @Test("a tree keeps the order of keys and tells whole numbers from others")
  func tree() throws {
    let tree = try value(
      "\u{FEFF} {\"b\": [1, -0.5, 1e2, \"x\"], \"a\": {\"n\": null}, \"\u{E9}\": 1, \"e\u{301}\": 2} \n")
    #expect(tree.object?.keys == ["b", "a", "\u{E9}", "e\u{301}"])
    #expect(tree["b"] == .array([.integer(1), .number(-0.5), .number(100), .string("x")]))
    #expect(tree["a"]?["n"]?.isNull == true && tree["\u{E9}"]?.integer == 1 && tree["e\u{301}"]?.integer == 2)
    #expect(tree["b"]?.array?[2].integer == 100)
    #expect(try value(tree.text) == tree)
  }

  @Test("an error in a file of several lines names the line and the column")
  func place() {
    let error = #expect(throws: ParlanceError.self) { try value("{\n  \"a\": 1,\n  \"b\": tru\n}") }
    #expect(error?.description == "f:3: expected true, found byte 0xa (column 11)")
  }

  @Test("a key that is there twice is found among few and among many")
  func duplicates() {
    for count in [1, 15, 16, 17, 1000] {
      let members = (0..<count).map { "\"k\($0)\":0" } + ["\"k\(count / 2)\":1"]
      let error = #expect(throws: ParlanceError.self) { try value("{" + members.joined(separator: ",") + "}") }
      #expect(error?.message.contains("once") == true, "\(count) keys")
    }
  }

  @Test("an object of very many keys takes as long as many objects with as many keys together")
  func manyKeys() throws {
    func object(_ count: Int) -> String {
      "{" + (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + "}"
    }
    let (many, few) = (object(64_000), "[" + Array(repeating: object(1000), count: 64).joined(separator: ",") + "]")
    var tree: JSONObject?
    let ofFew = try ProcessorTime.of { _ = try value(few) }
    let ofMany = try ProcessorTime.of { tree = try value(many).object }
    #expect(ofMany < 8 * ofFew)
    var filled = JSONObject()
    for number in (0..<64_000).reversed() { filled["k\(number)"] = .integer(Int64(number)) }
    #expect(filled == tree && filled.count == 64_000)
    #expect(filled["k64000"] == nil && filled.first?.key == "k63999")
  }

  @Test("keys are found, set anew and removed among few and among many", arguments: [1, 2, 15, 16, 17, 18, 40])
  func changes(count: Int) {
    var object = JSONObject()
    for number in 0..<count { object["k\(number)"] = .integer(Int64(number)) }
    object["k0"] = .bool(true)
    #expect(object["k0"] == .bool(true) && object.count == count)
    let removed = count / 2
    object["k\(removed)"] = nil
    #expect(object["k\(removed)"] == nil && object.count == count - 1)
    for number in 1..<max(1, count) where number != removed { #expect(object["k\(number)"] == .integer(Int64(number))) }
    object["k\(removed)"] = .null
    #expect(object.keys.last == "k\(removed)" && object["k\(removed)"] == .null && object.count == count)
  }

  @Test("numbers are rounded as the library rounds them", arguments: 0..<20)
  func numbers(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<500 {
      let digits = (0..<Int.random(in: 1..<22, using: &generator)).map { _ in
        String(Int.random(in: 0..<10, using: &generator))
      }
      var text = digits.joined()
      while text.hasPrefix("0"), text.count > 1 { text.removeFirst() }
      if Bool.random(using: &generator) { text += ".\(UInt32.random(in: 0 ... .max, using: &generator))" }
      if Bool.random(using: &generator) { text += "e\(Int.random(in: -60..<20, using: &generator))" }
      if Bool.random(using: &generator) { text = "-" + text }
      let double = try read(text) { json throws(ParlanceError) in try json.double() }
      #expect(double == Double(text), "seed \(seed): \(text)")
      if let float = Float(text), float.isFinite {
        #expect(try read(text) { json throws(ParlanceError) in try json.float() } == float, "seed \(seed): \(text)")
      }
    }
  }

  @Test("a float beside the middle of two floats goes to its own side")
  func halfway() throws {
    // 1 + 2^-24 lies halfway between 1 and the next float; the decimals differ behind the last digit of a double.
    let middle = "1.000000059604644775390625"
    for (text, expected) in [(middle, Float(1)), (middle + "0000000000000000001", Float(1).nextUp)] {
      #expect(try read(text) { json throws(ParlanceError) in try json.float() } == expected)
    }
  }

  @Test(
    "whole numbers up to 64 bits are exact, larger ones are doubles",
    arguments: [
      ("0", .integer(0)), ("-0", .double(-0.0)), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .double(9_223_372_036_854_775_808)),
      ("18446744073709551616", .double(18_446_744_073_709_551_616)), ("1.0", .double(1)), ("1E+2", .double(100)),
    ] as [(String, JSONCursor.Number)])
  func whole(text: String, expected: JSONCursor.Number) throws {
    #expect(try read(text) { json throws(ParlanceError) in try json.number() } == expected)
  }

  @Test("JSONSerialization reads every string that is written, at every length", arguments: 0..<40)
  func strings(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    var text = ""
    for _ in 0..<seed {
      let scalar = Unicode.Scalar(
        UInt32.random(in: 0..<(Bool.random(using: &generator) ? 0x80 : 0x11_0000), using: &generator))
      text.unicodeScalars.append(scalar ?? "\"")
    }
    var json = JSONText()
    json.append(string: text)
    let judge = try JSONSerialization.jsonObject(with: Data(json.bytes), options: .fragmentsAllowed) as? String
    #expect(judge.map { Array($0.utf8) } == Array(text.utf8), "seed \(seed)")
    #expect(try value(json.string).string.map { Array($0.utf8) } == Array(text.utf8), "seed \(seed)")
  }

  @Test("JSONDecoder and JSONEncoder take any value")
  func codable() throws {
    let value = try value(#"{"a":[1,2.5,"x",null,true,{"b":{}}]}"#)
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
  }
}
