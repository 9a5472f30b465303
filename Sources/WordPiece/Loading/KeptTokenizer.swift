import BinaryFiles
import Diagnostics
import StrictJSON

/// What reading tokenizer.json came to, kept for the next start: the file without its vocabulary, the vocabulary's pieces and
/// their trie.
///
/// The name has the hash of the whole file, and so has the inside, should a file be given another's name: what is read is what
/// reading tokenizer.json again would give.
struct KeptTokenizer {
  /// tokenizer.json with an empty `model.vocab`.
  var declaration: [UInt8]
  var vocabulary: PieceVocabulary

  private static let format = FileFormat(magic: "PARLTOKN", name: "kept tokenizer", version: FormatVersion(1, 0))
  private static let (declaration, pieces, ends, nodes) = ("declaration", "pieces", "ends", "nodes")
  private static let source = "source"

  private static func name(_ digest: SHA256.Digest) -> String { "tokenizer-\(digest)" }

  /// - Returns: `nil` where it is not kept, or damaged.
  static func read(_ digest: SHA256.Digest, _ derived: DerivedFiles) -> KeptTokenizer? {
    guard let file = keptFile(digest, derived) else { return nil }
    return try? read(file)
  }

  /// The declaration alone.
  static func readDeclaration(_ digest: SHA256.Digest, _ derived: DerivedFiles) -> [UInt8]? {
    guard let file = keptFile(digest, derived), let section = try? file.section(Self.declaration) else { return nil }
    return try? section.bytes().array()
  }

  private static func keptFile(_ digest: SHA256.Digest, _ derived: DerivedFiles) -> SectionedFile? {
    guard let file = derived.file(name(digest), format) else { return nil }
    guard let source = try? file.section(Self.source), let bytes = try? source.bytes().array(), bytes == digest.bytes
    else { return nil }
    return file
  }

  private static func read(_ file: SectionedFile) throws(ParlanceError) -> KeptTokenizer? {
    let nodes = try file.section(Self.nodes)
    guard let trie = try ByteTrie.checked(nodes.values(ByteTrie.Node.self)) else { return nil }
    let (pieces, ends) = (try file.section(Self.pieces), try file.section(Self.ends))
    let (bytes, places) = (try pieces.bytes(), try ends.values(UInt32.self))
    var names: [String] = []
    names.reserveCapacity(places.count)
    var start = 0
    for index in places.indices {
      let end = Int(places[index])
      guard start < end, end <= bytes.byteCount else { return nil }
      names.append(bytes.extracting(start..<end).string())
      start = end
    }
    guard trie.values(areBelow: UInt32(names.count)) else { return nil }
    let declaration = try file.section(Self.declaration)
    return KeptTokenizer(
      declaration: try declaration.bytes().array(),
      vocabulary: PieceVocabulary(names: PieceNames(dense: names), trie: trie))
  }

  /// Keeps a vocabulary without gaps; one with gaps is rare and read anew each time.
  static func write(
    _ json: JSONValue, _ vocabulary: PieceVocabulary, _ digest: SHA256.Digest, _ derived: DerivedFiles
  ) {
    guard vocabulary.names.isDense, var file = json.object, var model = file["model"]?.object else { return }
    model["vocab"] = .object([:])
    file["model"] = .object(model)
    let declaration = Array(JSONValue.object(file).text.utf8)
    var bytes: [UInt8] = []
    var ends: [UInt32] = []
    for piece in vocabulary.names.pieces {
      bytes.append(contentsOf: piece.utf8)
      ends.append(UInt32(bytes.count))
    }
    derived.keep(name(digest), format) { writer in
      for (section, content) in [
        (Self.source, digest.bytes), (Self.declaration, declaration), (Self.pieces, bytes),
      ] {
        try writer.beginSection(section)
        try writer.write(content)
      }
      try writer.beginSection(Self.ends)
      try writer.write(ends)
      try writer.beginSection(Self.nodes)
      try writer.write(vocabulary.trie.nodes)
    }
  }
}
