import Conversations
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import StrictJSON
import TestSupport
import Testing

@testable import InvertedIndex

/// Passages with metadata of every kind.
struct FilterCollection {
  var vectors: [SparseVector]
  var vocabularySize: Int
  var passages: [Passage]
  var collection: RandomCollection

  init(seed: UInt64) {
    collection = RandomCollection(seed: seed)
    while collection.vectors.count < 64 { collection = RandomCollection(seed: collection.next()) }
    vectors = collection.vectors
    vocabularySize = collection.vocabularySize
    passages = []
    for number in vectors.indices {
      var metadata = JSONObject()
      if collection.number(in: 0...9) > 0 {
        metadata["lang"] = .string(["en", "de", "fr", "caf\u{E9}", "cafe\u{301}"][collection.number(in: 0...4)])
      }
      switch collection.number(in: 0...4) {
      case 0: metadata["year"] = .integer(Int64(collection.number(in: 2015...2025)))
      case 1: metadata["year"] = .number(Double(collection.number(in: 2015...2025)) + 0.5)
      case 2: metadata["year"] = .string("2020")
      case 3: metadata["year"] = .null
      default: break
      }
      if collection.number(in: 0...1) == 0 {
        metadata["tags"] = .array([
          .string("a\(collection.number(in: 0...3))"), .integer(Int64(collection.number(in: -2...2))), .null,
          .bool(collection.number(in: 0...1) == 0), .string("a\(collection.number(in: 0...3))"),
          .array([.string("a0")]),
        ])
      }
      metadata["public"] = .bool(number % 3 == 0)
      if number % 7 == 0 { metadata["nested"] = .object(["lang": .string("en")]) }
      if number % 5 == 0 { metadata["zero"] = number % 2 == 0 ? .number(-0.0) : .integer(0) }
      passages.append(Passage(id: ExternalID("p\(number)"), text: "text \(number)", metadata: metadata))
    }
  }

  static let filters: [PassageFilter] = [
    PassageFilter(),
    PassageFilter([.init("lang", .anyOf([.string("en")]))]),
    PassageFilter([.init("lang", .anyOf([.string("de"), .string("caf\u{E9}"), .string("none")]))]),
    // Spelt in another way than the value before, and a value of its own.
    PassageFilter([.init("lang", .anyOf([.string("caf\u{E9}")]))]),
    PassageFilter([.init("lang", .anyOf([.string("cafe\u{301}")]))]),
    PassageFilter([.init("lang", .anyOf([]))]),
    PassageFilter([.init("year", .anyOf([.string("2020"), .number(2020)]))]),
    PassageFilter([.init("year", .range(NumberRange(from: 2020, includingLower: false)))]),
    PassageFilter([.init("year", .range(NumberRange(from: 2018, to: 2020.5, includingUpper: false)))]),
    PassageFilter([.init("year", .range(NumberRange(to: 2016)))]),
    PassageFilter([.init("year", .range(NumberRange(from: 2030, to: 2010)))]),
    PassageFilter([.init("tags", .anyOf([.string("a1")])), .init("tags", .range(NumberRange(from: 0)))]),
    PassageFilter([.init("public", .anyOf([.bool(true)])), .init("lang", .anyOf([.string("en"), .string("fr")]))]),
    PassageFilter([.init("zero", .anyOf([.number(0)]))]),
    PassageFilter([.init("zero", .range(NumberRange(from: -0.0, includingLower: false)))]),
    PassageFilter([.init("nested", .anyOf([.string("en")]))]),
    PassageFilter([.init("missing", .anyOf([.string("en")]))]),
  ]
}

@Suite("A filtered search")
struct FilterTests {
  @Test(
    "finds the best k of the passages that fit, as a plain scan does", arguments: 0..<6 as Range<UInt64>,
    [(StoredWeights.u8, 70), (.f16, 64), (.f32, 33)])
  func exact(seed: UInt64, shape: (weights: StoredWeights, perRange: Int)) throws {
    let scratch = try Scratch()
    var own = FilterCollection(seed: seed)
    let index = try InvertedIndex.built(
      MemoryVectors(own.vectors), vocabularySize: own.vocabularySize, weights: shape.weights,
      passagesPerRange: shape.perRange, texts: Texts.source(own.passages.reversed()), at: scratch("index"))
    let plain = PlainScoring(vectors: own.vectors, weights: shape.weights, passagesPerRange: shape.perRange)
    for filter in FilterCollection.filters {
      let fitting = own.passages.map { filter.matches($0.metadata) }
      for k in [1, 10, 1000] {
        let query = own.collection.query()
        let expected = plain.search(query, k: own.vectors.count).filter { fitting[Int($0.document.rawValue)] }
        // Asked twice: the second answer comes from what was kept.
        for _ in 0..<2 {
          let answer = try index.search(query, k: k, filter: filter)
          #expect(answer.hits == Array(expected.prefix(k)), "seed \(seed), \(filter), k \(k)")
          #expect(answer.passagesAllowed == fitting.count(where: \.self))
        }
      }
    }
    #expect(try index.metadataFields() == ["lang", "public", "tags", "year", "zero"])
    #expect(try InvertedIndex.verify(path: scratch("index")) == [])
  }

  @Test("of an index of before there were columns reads the texts; without texts it is refused")
  func withoutColumns() throws {
    let golden = TestSupport.packageRoot + "/Tests/InvertedIndexTests/Goldens/index-v2"
    let index = try InvertedIndex(path: golden)
    #expect(!index.hasMetadataColumns && index.hasTexts)
    var expected: Set<DocumentID> = []
    let filter = PassageFilter([.init("year", .range(NumberRange()))])
    for number in 0..<index.count {
      let document = DocumentID(UInt32(number))
      if try filter.matches(index.passage(of: document).metadata) { expected.insert(document) }
    }
    let all = SparseVector(
      unchecked: (0..<index.info.vocabularySize).map { TermID(UInt32($0)) },
      Array(repeating: 1, count: index.info.vocabularySize))
    let answer = try index.search(all, k: 1000, filter: filter)
    #expect(answer.passagesAllowed == expected.count && Set(answer.hits.map(\.document)).isSubset(of: expected))

    let scratch = try Scratch()
    let bare = try InvertedIndex.built(MemoryVectors([SparseVector([0: 1])]), vocabularySize: 1, at: scratch("index"))
    let error = #expect(throws: ParlanceError.self) {
      try bare.search(SparseVector([0: 1]), k: 1, filter: PassageFilter([.init("a", .range(NumberRange()))]))
    }
    #expect(error?.code == .unavailable && error?.message.contains("without texts") == true)
  }

  @Test("columns that say something else than the texts are named by verify")
  func forgedColumns() throws {
    let scratch = try Scratch()
    let own = FilterCollection(seed: 1)
    func build() throws {
      _ = try InvertedIndex.built(
        MemoryVectors(own.vectors), vocabularySize: own.vocabularySize, texts: Texts.source(own.passages),
        at: scratch("index"))
    }
    for section in [
      MetadataColumns.fieldNames, MetadataColumns.fields, MetadataColumns.keywords, MetadataColumns.keywordPassages,
      MetadataColumns.numbers, MetadataColumns.numberPassages,
    ] {
      try build()
      let name = try IndexManifest.read(from: scratch("index")).manifest.segments[0].passagesFile.name
      for (place, value) in [(0, 0xFF), (9, 0x7F), (3, 0x41)] as [(Int, UInt8)] {
        try ForgedFile.change(scratch("index/" + name), DocumentFormat.format, section: section) { $0[place] ^= value }
        #expect(try InvertedIndex.verify(path: scratch("index")).map(\.file) == [name], "\(section) \(place)")
        // Wrong answers, but no crash.
        let index = try InvertedIndex(path: scratch("index"))
        for filter in FilterCollection.filters {
          do { _ = try index.search(SparseVector([0: 1]), k: 5, filter: filter) } catch {
            #expect(error.code == .badInput)
          }
        }
      }
    }
  }

  @Test("64 searchers with different filters get what one gets")
  func concurrent() async throws {
    let scratch = try Scratch()
    let own = FilterCollection(seed: 3)
    _ = try InvertedIndex.built(
      MemoryVectors(own.vectors), vocabularySize: own.vocabularySize, passagesPerRange: 70,
      texts: Texts.source(own.passages), at: scratch("index"))
    let expected = try FilterCollection.filters.map { [index = try InvertedIndex(path: scratch("index"))] in
      try index.search(SparseVector([0: 1]), k: 20, filter: $0)
    }
    let index = try InvertedIndex(path: scratch("index"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for searcher in 0..<64 {
        group.addTask {
          for step in expected.indices {
            let place = (step + searcher) % expected.count
            let answer = try index.search(SparseVector([0: 1]), k: 20, filter: FilterCollection.filters[place])
            #expect(answer == expected[place])
          }
        }
      }
      try await group.waitForAll()
    }
  }
}

@Suite("A filter as text")
struct FilterParsingTests {
  private func json(_ text: String) throws -> PassageFilter {
    try PassageFilter(json: JSONValue(parsing: Array(text.utf8), file: "test"))
  }

  @Test("in JSON")
  func json() throws {
    #expect(try json("{}") == PassageFilter())
    #expect(try json(#"{"lang":"en"}"#) == PassageFilter([.init("lang", .anyOf([.string("en")]))]))
    #expect(
      try json(#"{"lang":["en","de"],"n":1}"#)
        == PassageFilter([
          .init("lang", .anyOf([.string("en"), .string("de")])), .init("n", .anyOf([.number(1)])),
        ]))
    #expect(
      try json(#"{"year":{"gte":2020,"lt":2024.5}}"#)
        == PassageFilter([.init("year", .range(NumberRange(from: 2020, to: 2024.5, includingUpper: false)))]))
    for (text, words) in [
      ("[]", "an array"), (#"{"a":null}"#, "null"), (#"{"a":[[1]]}"#, "an array"), (#"{"a":{}}"#, "no bound"),
      (#"{"a":9007199254740993}"#, "2^53"), (#"{"a":["x",-1234567890123456789]}"#, "2^53"),
      (#"{"a":{"ge":1}}"#, #"found "ge""#), (#"{"a":{"gt":"1"}}"#, "a string"), (#"{"a":{"gt":1,"gte":2}}"#, "two"),
    ] {
      let error = #expect(throws: ParlanceError.self) { try json(text) }
      #expect(error?.code == .usage && error?.message.contains(words) == true, "\(text): \(error as Any)")
    }
  }

  @Test("as conditions that people type")
  func conditions() throws {
    func values(_ text: String) throws -> [PassageFilter.Value] {
      guard case .anyOf(let values) = try PassageFilter(text: text).conditions[0].test else { return [] }
      return values
    }
    #expect(try values("lang=en|de") == [.string("en"), .string("de")])
    #expect(try values("year=2020") == [.string("2020"), .number(2020)])
    // Beyond, whole numbers are not told from their neighbours.
    #expect(try values("id=9007199254740991").count == 2)
    #expect(try values("id=9007199254740993") == [.string("9007199254740993")])
    #expect(try values("public=true") == [.string("true"), .bool(true)])
    #expect(try values(#"path=a\|b\\c\d"#) == [.string(#"a|b\c\d"#)])
    #expect(try values("a=") == [.string("")])
    #expect(try values("a=b=c>d") == [.string("b=c>d")])
    #expect(
      try PassageFilter(text: "year>=2020").conditions == [.init("year", .range(NumberRange(from: 2020)))])
    #expect(try PassageFilter(text: " year >= 2020 ") == PassageFilter(text: "year>=2020"))
    #expect(try PassageFilter(text: "lang = en|de ") == PassageFilter(text: "lang=en|de"))
    #expect(try PassageFilter(text: #"sign=\=x"#).conditions == [.init("sign", .anyOf([.string("=x")]))])
    #expect(
      try PassageFilter(text: "year<-1.5e3").conditions
        == [.init("year", .range(NumberRange(to: -1500, includingUpper: false)))])
    for text in [
      "", "lang", "=en", "year>=x", "year<", "year>1|2", "lang!=en", "year==2020", "year=>2020", "year=<2020", " =en",
    ] {
      let error = #expect(throws: ParlanceError.self) { try PassageFilter(text: text) }
      #expect(error?.code == .usage, "\(text)")
    }
  }
}
