import BinaryFiles
package import Diagnostics

/// The keys that a service lets in, of which it knows only the hashes.
///
/// A file has one key a line, `NAME SHA256`, with `write` behind it for a key that may change passages, and comments after
/// `#`. A key is 256 random bits, which nobody can guess from a plain hash however fast it is computed, so no slow hash is
/// needed.
package struct APIKeys: Sendable {
  /// A key as the service knows it.
  package struct Key: Sendable, Hashable {
    /// For the log; no two keys have the same.
    package var name: String
    /// The SHA-256 of the key. What belongs to a caller belongs to this, since a name may be given anew.
    package var digest: [UInt8]
    /// Whether it may change passages; all may search.
    package var mayWrite: Bool
  }

  let file: String
  private let keys: [Key]

  var count: Int { keys.count }

  /// - Throws: `noInput`, `badInput` naming the line.
  package init(file: String) throws(ParlanceError) {
    let text = try MappedFile(path: file)
    var keys: [Key] = []
    guard invalidUTF8Offset(in: text.bytes) == nil else {
      throw ParlanceError(.badInput, "expected UTF-8", at: .init(file: file))
    }
    // In scalars, since to Swift a line's end of two characters is one that equals neither.
    let lines = text.bytes.string().unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(Substring.init)
      if words.isEmpty { continue }
      let place = ParlanceError.Location(file: file, line: number + 1)
      guard words.count == 2 || words.count == 3 && String(words[2]) == Self.writing,
        let digest = Self.bytes(ofHexadecimal: words[1]), digest.count == 32
      else {
        throw ParlanceError(
          .badInput,
          "expected a name, the SHA-256 of a key in hexadecimal, and \(Self.writing) if it may change passages",
          at: place)
      }
      let key = Key(name: String(words[0]), digest: digest, mayWrite: words.count == 3)
      guard !keys.contains(where: { $0.name == key.name || $0.digest == key.digest }) else {
        throw ParlanceError(.badInput, "expected each name and each key once, \(key.name) is there already", at: place)
      }
      keys.append(key)
    }
    guard !keys.isEmpty else {
      throw ParlanceError(.badInput, "expected at least one key, found none", at: .init(file: file))
    }
    self.file = file
    self.keys = keys
  }

  /// What stands behind a key that may change passages.
  private static let writing = "write"

  /// A new key, and the line of the file that lets it in.
  ///
  /// - Parameter mayWrite: whether it may change passages.
  package static func make(
    name: String, mayWrite: Bool = false
  ) throws(ParlanceError) -> (key: String, line: String) {
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      throw ParlanceError(.usage, "expected a name without blanks and # for the key")
    }
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let key = "parlance_" + SHA256.Digest(bytes).hexadecimal
    let line = "\(name) \(SHA256.digest(of: Array(key.utf8)).hexadecimal)"
    return (key, mayWrite ? "\(line) \(writing)" : line)
  }

  /// Which key it is. Every key is compared in full, so that the time tells nothing about how near a guess was.
  func key(_ presented: String) -> Key? {
    let digest = SHA256.digest(of: Array(presented.utf8)).bytes
    var found: Key?
    for key in keys {
      var difference: UInt8 = 0
      for (left, right) in zip(digest, key.digest) { difference |= left ^ right }
      if difference == 0 { found = key }
    }
    return found
  }

  private static func bytes(ofHexadecimal text: Substring) -> [UInt8]? {
    guard text.utf8.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for character in text {
      guard let digit = character.hexDigitValue, character.isASCII else { return nil }
      if let first = high {
        bytes.append(first << 4 | UInt8(digit))
        high = nil
      } else {
        high = UInt8(digit)
      }
    }
    return bytes
  }
}
