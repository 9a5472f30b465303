import Conversations
import Diagnostics
import Identifiers
import SparseVectors

/// How often each word stands in each passage: all that BM25 needs of a collection. The vocabulary is in memory, and of the
/// passages what has room there; the rest is in the scratch file, 8 bytes for each word of a passage.
struct WordCounts: Sendable {
  /// The words in the order in which they were first seen.
  private(set) var words: [ExternalID] = []
  /// For each word how many passages have it.
  private(set) var passagesWithWord: [UInt32] = []
  /// How many words all passages have, repetitions included.
  private(set) var totalLength = 0

  private var passages: CountedPassages
  private var termOfWord: [ExternalID: TermID] = [:]
  private var places = PassagePlaces()

  init(
    of source: PassageSource, analyzer: TextAnalyzer, scratch: BuildScratch, progress: ProgressHandler?,
    interruption: Interruption?
  ) throws(ParlanceError) {
    passages = CountedPassages(scratch: scratch)
    var known = KnownSpellings()
    while let passage = try source.next() {
      places.add(count, source.location)
      try take(passage, analyzer: analyzer, &known)
      if count & 255 == 0 {
        try interruption?.check()
        progress?(Progress("counting words", completed: count, total: nil, unit: "passages"))
      }
    }
    try passages.finish()
    termOfWord = [:]
  }

  var count: Int { passages.count }

  /// What has become of the words as they are spelled, so that each spelling is analysed once; forgotten when there are very
  /// many, since rare ones do not pay.
  private struct KnownSpellings {
    /// `nil` for a word that does not count.
    var terms: [[UInt8]: TermID?] = [:]
    static let limit = 1 << 20
  }

  private mutating func take(
    _ passage: Passage, analyzer: TextAnalyzer, _ known: inout KnownSpellings
  ) throws(ParlanceError) {
    var found: [TermID] = []
    for text in [passage.title, passage.text] {
      WordSplitter.forEachWord(of: text) { spelling in
        if let term = term(of: spelling, analyzer: analyzer, &known) { found.append(term) }
      }
    }
    found.sort()
    var counted: [CountedPassages.Word] = []
    for term in found {
      if counted.last?.term == term {
        counted[counted.count - 1].count += 1
      } else {
        counted.append(.init(term: term, count: 1))
        passagesWithWord[Int(term.rawValue)] += 1
      }
    }
    totalLength += found.count
    try passages.append(passage.id, counted)
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

  func id(at index: Int) throws(ParlanceError) -> ExternalID { try passages.id(at: index) }

  /// Gives the words of passages, ascending, and how often each stands there.
  func forEach(
    in range: Range<Int>, _ body: ([CountedPassages.Word], Int) throws(ParlanceError) -> Void
  ) throws(ParlanceError) {
    try passages.forEach(in: range, body)
  }

  func location(of index: Int) -> ParlanceError.Location { places.location(of: index) }
}
