import Conversations
import Diagnostics
import Identifiers
import Synchronization

/// What `encode` reads: passages of several files as one, or turns in a form.
final class EncodeInput: Sendable {
  /// A text and what it is called.
  struct Item: Sendable {
    var id: ExternalID
    var words: String
    /// Its line.
    var location: ParlanceError.Location
  }

  private enum Reader {
    case passages(PassageReader)
    case turns(TurnReader)
  }

  private struct State {
    var paths: ArraySlice<String>
    var reader: Reader?
  }

  private let state: Mutex<State>
  private let form: ConversationForm
  private let rewrites: Rewrites?
  private let rewritesFile: String?
  private let words: @Sendable (Passage) -> String
  private let isPassages: Bool
  private let interruption: Interruption

  /// - Parameters:
  ///   - form: which words of a turn.
  ///   - words: the words of a passage that are encoded.
  init(
    _ command: EncodeCommand, form: ConversationForm, interruption: Interruption,
    words: @escaping @Sendable (Passage) -> String
  ) throws(ParlanceError) {
    isPassages = command.conversations == nil
    state = Mutex(State(paths: (command.conversations.map { [$0] } ?? command.passages)[...]))
    self.form = form
    rewritesFile = command.rewrites
    rewrites = try command.rewrites.map { path throws(ParlanceError) in try Rewrites(readingFrom: path) }
    self.interruption = interruption
    self.words = words
  }

  /// - Throws: `badInput` with file and line, `noInput`, `interrupted`.
  func next() throws(ParlanceError) -> Item? {
    try state.withLock { state throws(ParlanceError) in
      while true {
        switch state.reader {
        case .passages(let reader):
          if let passage = try reader.next() {
            return Item(id: passage.id, words: words(passage), location: reader.location)
          }
        case .turns(let reader):
          if let turn = try reader.next() {
            return Item(id: turn.id, words: try query(for: turn).text, location: reader.location)
          }
        case nil: break
        }
        guard let path = state.paths.popFirst() else { return nil }
        state.reader = try reader(of: path)
      }
    }
  }

  /// Ids of passages are compared by `EncodeJob` before and by `VectorsWriter` behind it.
  private func reader(of path: String) throws(ParlanceError) -> Reader {
    guard isPassages else { return .turns(try TurnReader(path: path, interruption: interruption)) }
    return .passages(try PassageReader(path: path, refusingDuplicates: false, interruption: interruption))
  }

  private func query(for turn: Turn) throws(ParlanceError) -> FormedQuery {
    do throws(ParlanceError) {
      return try form.query(for: turn, rewrite: rewrites?[turn.id])
    } catch {
      throw rewritesFile.map { error.located(in: $0) } ?? error
    }
  }
}
