/// Cuts text into the words that BM25 counts.
///
/// A word is a longest run of letters, digits and marks; an apostrophe between two letters belongs to it; each ideograph,
/// Hiragana letter is a word of its own, since such text has no spaces. Words are lower-cased by Unicode's full mapping.
/// Then, as chosen, English stop words fall out and English endings are cut off.
public struct TextAnalyzer: Sendable, Hashable, Codable {
  /// What becomes of the endings of words.
  public enum Stemmer: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    /// M. F. Porter, An algorithm for suffix stripping, 1980; it leaves words with other than the letters a to z alone.
    case porter
  }

  /// Which words do not count.
  public enum StopWords: String, Sendable, Hashable, Codable, CaseIterable {
    case none
    /// The 33 words that Lucene's English analyzer leaves out.
    case english
  }

  public var stopWords: StopWords
  public var stemmer: Stemmer

  public init(stopWords: StopWords = .english, stemmer: Stemmer = .porter) {
    self.stopWords = stopWords
    self.stemmer = stemmer
  }

  /// The words of `text`, in its order.
  public func words(of text: String) -> [String] {
    var words: [String] = []
    WordSplitter.forEachWord(of: text) { spelling in
      if let word = word(of: spelling) { words.append(word) }
    }
    return words
  }

  /// The words of `text`, in its order, each with the UTF-8 bytes that it was made of.
  package func words(in text: String) -> [(word: String, bytes: Range<Int>)] {
    var words: [(word: String, bytes: Range<Int>)] = []
    WordSplitter.forEachPlacedWord(of: text) { spelling, bytes in
      if let word = word(of: spelling) { words.append((word, bytes)) }
    }
    return words
  }

  /// What becomes of a word that the text has in this spelling, lower-cased; `nil` when it does not count.
  func word(of spelling: [UInt8]) -> String? {
    var word = String(decoding: spelling, as: UTF8.self)
    if stemmer == .porter, word.hasSuffix("'s") { word.removeLast(2) }
    if stopWords == .english, EnglishStopWords.contains(word) { return nil }
    return stemmer == .porter ? PorterStemmer.stem(word) : word
  }
}
