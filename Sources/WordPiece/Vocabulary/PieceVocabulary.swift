import Diagnostics

/// The pieces of a tokenizer by their ids, and the trie that finds them.
struct PieceVocabulary {
  let names: PieceNames
  let trie: ByteTrie

  /// - Throws: `badInput` for an id or a piece that is there twice.
  init(_ vocabulary: [(piece: String, id: Int32)], file: String) throws(ParlanceError) {
    var names = PieceNames()
    for (piece, id) in vocabulary where !names.assign(piece, to: id) {
      throw ParlanceError(
        .badInput, "the id \(id) belongs to \"\(names[id])\" and to \"\(piece)\"",
        at: .init(file: file, component: "model.vocab"))
    }
    self.names = names
    switch ByteTrie.make(vocabulary.filter { !$0.piece.isEmpty }.map { (Array($0.piece.utf8), UInt32($0.id)) }) {
    case .success(let trie): self.trie = trie
    case .failure(let fault):
      let message =
        switch fault {
        case .duplicate(let first, let second):
          "the piece \"\(names[Int32(first)])\" appears twice, as \(first) and as \(second)"
        case .tooLarge: "the pieces are too many and too long: expected a WordPiece vocabulary"
        }
      throw ParlanceError(.badInput, message, at: .init(file: file, component: "model.vocab"))
    }
  }

  /// What was checked before.
  init(names: PieceNames, trie: ByteTrie) {
    self.names = names
    self.trie = trie
  }
}

/// The text of each id.
struct PieceNames {
  /// An id that the files leave out has an empty one.
  private(set) var pieces: [String] = []
  private var isAssigned: [Bool] = []
  /// How many are assigned.
  private(set) var count = 0

  init() {}

  /// Pieces with the ids 0 ..< count.
  init(dense pieces: [String]) {
    self.pieces = pieces
    isAssigned = [Bool](repeating: true, count: pieces.count)
    count = pieces.count
  }

  /// Whether no id is left out and no piece is empty.
  var isDense: Bool { pieces.count == count && pieces.allSatisfy { !$0.isEmpty } }

  subscript(id: Int32) -> String { pieces[Int(id)] }

  /// - Returns: false where the id belongs to another piece.
  mutating func assign(_ piece: String, to id: Int32) -> Bool {
    let index = Int(id)
    while pieces.count <= index {
      pieces.append("")
      isAssigned.append(false)
    }
    if isAssigned[index] { return false }
    pieces[index] = piece
    isAssigned[index] = true
    count += 1
    return true
  }
}
