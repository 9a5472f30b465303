import Conversations
import Diagnostics
import Identifiers
import SparseVectors

/// How often each word stands in each passage: all that BM25 needs of a collection. 8 bytes for each word of a passage.
struct WordCounts {
  private(set) var ids: [ExternalID] = []
  /// The words in the order in which they were first seen.
  private(set) var words: [ExternalID] = []
  /// For each word how many passages have it.
  private(set) var passagesWithWord: [UInt32] = []
  /// For each passage how many words it has, repetitions included.
  private(set) var lengths: [UInt32] = []

  /// Where the words of each passage begin in the two arrays below, and where the last ones end.
  private var starts = [0]
  private var terms: [TermID] = []
  private var counts: [UInt32] = []
  private var termOfWord: [ExternalID: TermID] = [:]

  init(
    of passages: PassageSource, analyzer: TextAnalyzer, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    while let passage = try passages() {
      take(passage, analyzer: analyzer)
      if ids.count & 255 == 0 {
        try interruption?.check()
        progress?(Progress("counting words", completed: ids.count, total: nil, unit: "passages"))
      }
    }
  }

  private mutating func take(_ passage: Passage, analyzer: TextAnalyzer) {
    var counted: [TermID: UInt32] = [:]
    var length: UInt32 = 0
    for text in [passage.title, passage.text] {
      for word in analyzer.words(of: text) {
        counted[term(of: ExternalID(word)), default: 0] += 1
        length += 1
      }
    }
    for (term, count) in counted.sorted(by: { $0.key < $1.key }) {
      terms.append(term)
      counts.append(count)
      passagesWithWord[Int(term.rawValue)] += 1
    }
    starts.append(terms.count)
    ids.append(passage.id)
    lengths.append(length)
  }

  private mutating func term(of word: ExternalID) -> TermID {
    if let term = termOfWord[word] { return term }
    let term = TermID(UInt32(words.count))
    termOfWord[word] = term
    words.append(word)
    passagesWithWord.append(0)
    return term
  }

  /// The words of a passage, ascending, and how often each stands there.
  func counts(at index: Int) -> (terms: ArraySlice<TermID>, counts: ArraySlice<UInt32>) {
    let range = starts[index]..<starts[index + 1]
    return (terms[range], counts[range])
  }
}
