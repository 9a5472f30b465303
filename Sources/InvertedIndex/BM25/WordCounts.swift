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
  private var places = PassagePlaces()

  init(
    of passages: PassageSource, analyzer: TextAnalyzer, progress: ProgressHandler?, interruption: Interruption?
  ) throws(ParlanceError) {
    var known = KnownSpellings()
    while let passage = try passages.next() {
      places.add(ids.count, passages.location)
      take(passage, analyzer: analyzer, &known)
      if ids.count & 255 == 0 {
        try interruption?.check()
        progress?(Progress("counting words", completed: ids.count, total: nil, unit: "passages"))
      }
    }
  }

  /// What has become of the words as they are spelled, so that each spelling is analysed once; forgotten when there are very
  /// many, since rare ones do not pay.
  private struct KnownSpellings {
    /// `nil` for a word that does not count.
    var terms: [[UInt8]: TermID?] = [:]
    static let limit = 1 << 20
  }

  private mutating func take(_ passage: Passage, analyzer: TextAnalyzer, _ known: inout KnownSpellings) {
    var found: [TermID] = []
    for text in [passage.title, passage.text] {
      WordSplitter.forEachWord(of: text) { spelling in
        if let term = term(of: spelling, analyzer: analyzer, &known) { found.append(term) }
      }
    }
    found.sort()
    for term in found {
      if terms.count > starts[ids.count], terms[terms.count - 1] == term {
        counts[counts.count - 1] += 1
      } else {
        terms.append(term)
        counts.append(1)
        passagesWithWord[Int(term.rawValue)] += 1
      }
    }
    starts.append(terms.count)
    ids.append(passage.id)
    lengths.append(UInt32(found.count))
  }

  private mutating func term(
    of spelling: [UInt8], analyzer: TextAnalyzer, _ known: inout KnownSpellings
  ) -> TermID? {
    if let term = known.terms[spelling] { return term }
    var term: TermID?
    if let word = analyzer.word(of: spelling) { term = self.term(of: ExternalID(word)) }
    if known.terms.count == KnownSpellings.limit { known.terms.removeAll(keepingCapacity: true) }
    known.terms[spelling] = .some(term)
    return term
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

  func location(of index: Int) -> ParlanceError.Location { places.location(of: index) }
}
