import BinaryFiles
import Diagnostics
import Foundation
import TestSupport
import Testing
import WordPiece

/// The small vocabulary of the goldens under the normalisers that the judge knows by name.
enum GoldenTokenizer {
  static let folder = TestSupport.packageRoot + "/Tests/WordPieceTests/Goldens"

  static let settings: [String: (clean: Bool, chinese: Bool, strip: Bool?, lowercase: Bool)] = [
    "uncased": (true, true, nil, true),
    "cased": (true, true, nil, false),
    "uncased-accents": (true, true, false, true),
    "cased-stripped": (true, true, true, false),
    "raw": (false, false, false, false),
  ]

  static let json: String = (try? String(contentsOfFile: folder + "/tokenizer.json", encoding: .utf8)) ?? ""

  static func make(_ name: String, json: String = json) throws -> WordPieceTokenizer {
    guard let chosen = settings[name] else { throw ParlanceError(.usage, "no settings \(name)") }
    let start = try #require(json.range(of: "\"normalizer\":{"))
    let end = try #require(json.range(of: "}", range: start.upperBound..<json.endIndex))
    let normalizer = """
      "normalizer":{"type":"BertNormalizer","clean_text":\(chosen.clean),"handle_chinese_chars":\(chosen.chinese),\
      "strip_accents":\(chosen.strip.map { "\($0)" } ?? "null"),"lowercase":\(chosen.lowercase)}
      """
    let changed = json.replacingCharacters(in: start.lowerBound..<end.upperBound, with: normalizer)
    return try WordPieceTokenizer(tokenizerJSON: Array(changed.utf8))
  }
}

/// A text for the judge, as `judge.py` reads it.
struct JudgeRecord: Codable {
  var text: String
  var pair: String?
  var length: Int?
  var strategy: String?
  var side: String?

  /// What `judge.py` calls numbers: count, ids, type ids, offsets; -1 where the truncation is refused.
  func numbers(_ tokenizer: WordPieceTokenizer) -> [Int32] {
    let truncation = length.map {
      Truncation(
        maxLength: $0, strategy: Truncation.Strategy(rawValue: strategy ?? "longest_first") ?? .longestFirst,
        side: Truncation.Side(rawValue: side ?? "right") ?? .right)
    }
    let encoding: Encoding
    if pair == nil, strategy == nil || strategy == "longest_first" {
      encoding = tokenizer.encode(text, maxLength: length, side: truncation?.side ?? .right)
    } else {
      guard let made = try? tokenizer.encode(text, pair: pair, truncation: truncation) else { return [-1] }
      encoding = made
    }
    return encoding.numbers
  }
}

extension Encoding {
  var numbers: [Int32] {
    var numbers = [Int32(count)]
    numbers.reserveCapacity(1 + count * 4)
    numbers.append(contentsOf: ids)
    numbers.append(contentsOf: typeIDs)
    for range in offsets {
      numbers.append(Int32(range.lowerBound))
      numbers.append(Int32(range.upperBound))
    }
    return numbers
  }
}

/// SHA-256 over what `judge.py` hashes.
struct JudgeDigest {
  private var hasher = SHA256()

  mutating func update(_ text: String) { hasher.update(text) }

  mutating func update(_ numbers: [Int32]) {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(numbers.count * 4)
    for number in numbers {
      let bits = UInt32(bitPattern: number)
      bytes.append(UInt8(truncatingIfNeeded: bits))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
      bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
    }
    hasher.update(bytes)
  }

  consuming func finish() -> String { hasher.finish().hexadecimal }
}

/// Runs `judge.py`, or another script beside it.
enum Judge {
  static func run(_ arguments: [String], script: String = "judge.py") throws -> [String] {
    let python = try #require(TestSupport.judgePython)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [GoldenTokenizer.folder + "/" + script] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["TOKENIZERS_PARALLELISM": "false", "PYTHONDONTWRITEBYTECODE": "1"]
    ) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the judge failed")
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
