import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import TestSupport
import Testing

@Suite("BM25")
struct BM25Tests {
  @Test("words are cut and lower-cased by Unicode's properties")
  func words() {
    let plain = TextAnalyzer(stopWords: .none, stemmer: .none)
    #expect(
      plain.words(of: "The cat's 3rd Äpfel-Kuchen, can\u{2019}t") == [
        "the", "cat's", "3rd", "äpfel", "kuchen", "can't",
      ])
    #expect(plain.words(of: "'quoted' rock''n x_y a.b") == ["quoted", "rock", "n", "x", "y", "a", "b"])
    #expect(plain.words(of: "東京タワー ЖУК") == ["東", "京", "タワー", "жук"])
    #expect(plain.words(of: " \n…—") == [])
    let english = TextAnalyzer()
    #expect(
      english.words(of: "The dog's relational databases were running") == ["dog", "relat", "databas", "were", "run"])
  }

  @Test("words in their places are those without; each is what its place says alone", arguments: [UInt64(1), 2, 3])
  func places(seed: UInt64) {
    let plain = TextAnalyzer(stopWords: .none, stemmer: .none)
    func placed(_ text: String) -> [(word: String, text: String)] {
      plain.words(in: text).map { ($0.word, String(decoding: Array(text.utf8)[$0.bytes], as: UTF8.self)) }
    }
    let found = placed("The cat\u{2019}s 東京タワー: don't-'x' 3rd, Äpfel'")
    #expect(found.map(\.word) == ["the", "cat's", "東", "京", "タワー", "don't", "x", "3rd", "äpfel"])
    #expect(found.map(\.text) == ["The", "cat\u{2019}s", "東", "京", "タワー", "don't", "x", "3rd", "Äpfel"])
    var generator = SeededGenerator(seed: seed)
    let parts = ["a", "B", "é", "İ", "東", "ひ", "'", "\u{2019}", " ", "-", "7", "e\u{301}", "🙂", "\u{200C}"]
    for _ in 0..<200 {
      let text = (0..<12).map { _ in parts.randomElement(using: &generator) ?? "" }.joined()
      let found = placed(text)
      #expect(found.map(\.word) == plain.words(of: text), "seed \(seed), \(text)")
      for (word, text) in found { #expect(plain.words(of: text) == [word], "seed \(seed), \(text)") }
    }
  }

  @Test("weights and ranks are those of the formula")
  func formula() throws {
    let scratch = try Scratch()
    let texts = [
      "git commit records changes", "git git git push", "undo the last commit with git reset", "",
      "branches are cheap in git",
    ]
    let passages = texts.enumerated().map { Passage(id: ExternalID("p\($0)"), title: "Git", text: $1) }
    var builder = BM25IndexBuilder()
    builder.bm25.analyzer = TextAnalyzer(stopWords: .none, stemmer: .none)
    try builder.build(at: scratch("index")) { () throws(ParlanceError) in Texts.source(passages) }
    let index = try InvertedIndex(path: scratch("index"))
    let words = texts.map { ("git " + $0).split(separator: " ").map(String.init) }
    let average = Double(words.reduce(0) { $0 + $1.count }) / 5
    func score(_ query: [String], _ words: [String]) -> Double {
      query.reduce(0) { sum, word in
        let n = Double(texts.count { ("git " + $0).split(separator: " ").contains { $0 == word } })
        let tf = Double(words.count { $0 == word })
        return sum + log(1 + (5 - n + 0.5) / (n + 0.5)) * tf / (tf + 0.9 * (0.6 + 0.4 * Double(words.count) / average))
      }
    }
    let query = try index.bm25Query("Undo COMMIT git git zebra")
    let hits = try index.search(query, k: 10).hits
    let expected = words.map { score(["undo", "commit", "git", "git"], $0) }.enumerated().sorted {
      $0.element > $1.element
    }
    #expect(hits.map(\.document.rawValue) == expected.map { UInt32($0.offset) })
    for (hit, score) in zip(hits, expected) { #expect(abs(Double(hit.score) - score.element) < 1e-6) }
    #expect(index.bm25 == builder.bm25 && index.weights == .f32)
    #expect(try index.passage(of: DocumentID(2)) == passages[2])
  }

  @Test("an index of an encoder's vectors has no BM25 queries; settings out of range are refused")
  func refusals() throws {
    let scratch = try Scratch()
    let index = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: scratch("index"))
    #expect(throws: ParlanceError.self) { try index.bm25Query("git") }
    var builder = BM25IndexBuilder()
    builder.bm25.b = 1.5
    #expect(throws: ParlanceError(.usage, "expected b between 0 and 1, found 1.5")) {
      try builder.build(at: scratch("x")) { () throws(ParlanceError) in Texts.source([]) }
    }
  }

  @Test("an id that is given twice is told with both files and lines")
  func places() throws {
    let scratch = try Scratch()
    for (name, ids) in [("one", ["a", "b"]), ("two", ["c", "d", "b", "e"])] {
      let writer = try PassageWriter(path: scratch(name))
      for id in ids { try writer.write(Passage(id: ExternalID(id), text: "words of \(id)")) }
      try writer.finish()
    }
    let error = #expect(throws: ParlanceError.self) {
      try BM25IndexBuilder().build(at: scratch("index")) { () throws(ParlanceError) in
        try PassageSource(files: [scratch("one"), scratch("two")])
      }
    }
    #expect(error?.location == .init(file: scratch("two"), line: 3), "\(error as Any)")
    #expect(error?.message.contains("first at \(scratch("one")):2") == true, "\(error as Any)")
  }

  @Test("counts are right when spellings are many and come again", arguments: [UInt64(1), 2])
  func spellings(seed: UInt64) throws {
    let scratch = try Scratch()
    var generator = SeededGenerator(seed: seed)
    let spellings = ["Runs", "running", "RUN", "the", "cat's", "cat", "Äpfel", "äpfel", "東京", "x_y", "l'été"]
    let texts = (0..<50).map { _ in
      (0..<Int.random(in: 0...40, using: &generator)).map { _ in spellings.randomElement(using: &generator) ?? "" }
        .joined(separator: " ")
    }
    let passages = texts.enumerated().map { Passage(id: ExternalID("p\($0)"), title: "running cats", text: $1) }
    let builder = BM25IndexBuilder()
    try builder.build(at: scratch("index")) { () throws(ParlanceError) in Texts.source(passages) }
    let index = try InvertedIndex(path: scratch("index"))
    let analyzer = builder.bm25.analyzer
    let words = texts.map { analyzer.words(of: "running cats") + analyzer.words(of: $0) }
    let average = Double(words.reduce(0) { $0 + $1.count }) / 50
    for word in Set(words.joined()) {
      let n = Double(words.count { $0.contains(word) })
      let term = try #require(try index.vocabulary().term(of: ExternalID(word)))
      let query = SparseVector([term.rawValue: 1])
      var scores: [Int: Float] = [:]
      for hit in try index.search(query, k: 50).hits { scores[Int(hit.document.rawValue)] = hit.score }
      for (number, words) in words.enumerated() {
        let tf = Double(words.count { $0 == word })
        let length = 0.9 * (0.6 + 0.4 * Double(words.count) / average)
        let score = log(1 + (50 - n + 0.5) / (n + 0.5)) * tf / (tf + length)
        #expect(abs(Double(scores[number] ?? 0) - score) < 1e-6, "seed \(seed), \(word) in \(number)")
      }
    }
  }

  @Test("a word of any length has a stem", arguments: [("y", "ness"), ("ya", "ed"), ("s", "")])
  func longWords(part: String, ending: String) {
    let analyzer = TextAnalyzer(stopWords: .none, stemmer: .porter)
    let word = String(repeating: part, count: 200_000) + ending
    let stem = analyzer.words(of: word).first ?? ""
    #expect(word.utf8.starts(with: stem.utf8.dropLast()) && stem.utf8.count > word.utf8.count - 9)
    // Of a run of Y every other one is a vowel, the first is none.
    #expect(analyzer.words(of: "yyyyy syzygy") == ["yyyyi", "syzygi"])
  }

  @Test("k1 is neither below 0 nor so large that weights vanish", arguments: [-1, 1.1e6, 1e300, .infinity, .nan])
  func badK1(k1: Double) throws {
    let folder = try TestSupport.temporaryFolder("k1")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var builder = BM25IndexBuilder()
    builder.bm25.k1 = k1
    let error = #expect(throws: ParlanceError.self) {
      try builder.build(at: folder + "/index") { () throws(ParlanceError) in try PassageSource(files: []) }
    }
    #expect(error?.code == .usage)
  }

  @Test("stems are those of Snowball's Porter stemmer")
  func porter() throws {
    let path = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/porter.tsv"
    let analyzer = TextAnalyzer(stopWords: .none, stemmer: .porter)
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count > 3000)
    for line in lines {
      let columns = line.split(separator: "\t").map(String.init)
      #expect(analyzer.words(of: columns[0]) == [columns[1]], "\(columns[0])")
    }
  }
}
