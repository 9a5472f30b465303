import BinaryFiles
public import Diagnostics

/// The keys that a service lets in, of which it knows only the hashes.
///
/// A file has one key a line, `NAME SHA256`, and comments after `#`. A key is 256 random bits, which nobody can guess from
/// a plain hash however fast it is computed, so no slow hash is needed.
public struct APIKeys: Sendable {
  private let keys: [(name: String, digest: [UInt8])]

  /// - Throws: `noInput`, `badInput` naming the line.
  public init(file: String) throws(ParlanceError) {
    let text = try MappedFile(path: file)
    var keys: [(name: String, digest: [UInt8])] = []
    guard invalidUTF8Offset(in: text.bytes) == nil else {
      throw ParlanceError(.badInput, "expected UTF-8", at: .init(file: file))
    }
    // In scalars, since to Swift a line's end of two characters is one that equals neither.
    let lines = text.bytes.string().unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(Substring.init)
      if words.isEmpty { continue }
      guard words.count == 2, let digest = Self.bytes(ofHexadecimal: words[1]), digest.count == 32 else {
        throw ParlanceError(
          .badInput, "expected a name and the SHA-256 of a key in hexadecimal", at: .init(file: file, line: number + 1))
      }
      keys.append((String(words[0]), digest))
    }
    guard !keys.isEmpty else {
      throw ParlanceError(.badInput, "expected at least one key, found none", at: .init(file: file))
    }
    self.keys = keys
  }

  init(_ keys: [(name: String, digest: [UInt8])]) {
    self.keys = keys
  }

  /// A new key, and the line of the file that lets it in.
  public static func make(name: String) throws(ParlanceError) -> (key: String, line: String) {
    guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
      throw ParlanceError(.usage, "expected a name without blanks and # for the key")
    }
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    let key = "parlance_" + SHA256.Digest(bytes).hexadecimal
    return (key, "\(name) \(SHA256.digest(of: Array(key.utf8)).hexadecimal)")
  }

  /// Whose key it is. Every key is compared in full, so that the time tells nothing about how near a guess was.
  func name(of presented: String) -> String? {
    let digest = SHA256.digest(of: Array(presented.utf8)).bytes
    var found: String?
    for key in keys {
      var difference: UInt8 = 0
      for (left, right) in zip(digest, key.digest) { difference |= left ^ right }
      if difference == 0 { found = key.name }
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
