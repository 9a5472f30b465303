import BinaryFiles
public import Diagnostics
public import Identifiers
import LineFiles

/// What the terms of sparse vectors are: the pieces of a tokenizer, or the words of a collection, in the order of their
/// `TermID`s.
public struct Vocabulary: Sendable {
  /// SHA-256 of all pieces, each behind its length in bytes (u32), in lower-case hexadecimal. Vectors over vocabularies
  /// with different digests cannot be compared.
  public let digest: String

  /// The pieces in the order of their terms.
  public let pieces: [ExternalID]
  private let table: PieceTable

  /// - Parameters:
  ///   - pieces: the piece of each term, in order.
  ///   - location: where they came from, for the error.
  /// - Throws: `badInput` for a piece that is given twice.
  public init(pieces: [ExternalID], at location: ParlanceError.Location? = nil) throws(ParlanceError) {
    let table = PieceTable(pieces)
    if let (first, second) = table.twins {
      throw ParlanceError(
        .badInput,
        "expected pieces that differ, \"\(pieces[first])\" is both term \(first) and term \(second) of the vocabulary",
        at: location)
    }
    var bytes: [UInt8] = []
    for piece in pieces {
      bytes.append(littleEndian: UInt32(piece.string.utf8.count))
      bytes.append(contentsOf: piece.string.utf8)
    }
    self.pieces = pieces
    self.table = table
    digest = SHA256.digest(of: bytes).hexadecimal
  }

  /// Reads a `vocab.txt`: one piece a line, the first line being term 0.
  ///
  /// - Throws: as `LineReader`, and `badInput` for a piece that is there twice.
  public init(readingFrom path: String) throws(ParlanceError) {
    let lines = try LineReader(path: path)
    var pieces: [ExternalID] = []
    while let piece = try lines.nextString() { pieces.append(ExternalID(piece)) }
    try self.init(pieces: pieces, at: .init(file: path))
  }

  /// The number of terms.
  public var count: Int { pieces.count }

  /// The piece of a term.
  ///
  /// - Precondition: `term` is below `count`.
  public func piece(of term: TermID) -> ExternalID { pieces[Int(term.rawValue)] }

  /// The term of a piece, or `nil` where there is none.
  public func term(of piece: ExternalID) -> TermID? {
    table.place(of: piece, in: pieces).map { TermID(UInt32($0)) }
  }
}

extension Vocabulary: Hashable {
  public static func == (left: Vocabulary, right: Vocabulary) -> Bool { left.digest == right.digest }
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
