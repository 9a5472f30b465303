import Testing

@testable import SearchService

@Suite("what was used lately")
struct RecentlyUsedTests {
  private static func key(_ number: Int, _ encoder: String = "e") -> QueryKey {
    .init(encoder: encoder, part: [UInt8(number)])
  }

  @Test("what was used longest ago falls out first")
  func order() {
    let cache = RecentlyUsed<QueryKey, Int>(capacity: 3)
    for number in 0..<3 { cache.insert(number, for: Self.key(number)) }
    #expect(cache[Self.key(0)] == 0)
    cache.insert(3, for: Self.key(3))
    #expect(cache[Self.key(1)] == nil)
    for number in [0, 2, 3] { #expect(cache[Self.key(number)] == number) }
    #expect(cache.count == 3)
  }

  @Test("another encoder's vector of the same words is another")
  func encoders() {
    let cache = RecentlyUsed<QueryKey, Int>(capacity: 2)
    cache.insert(1, for: Self.key(1, "one"))
    #expect(cache[Self.key(1, "two")] == nil)
  }

  @Test("a cache of nothing keeps nothing")
  func empty() {
    let cache = RecentlyUsed<QueryKey, Int>(capacity: 0)
    cache.insert(1, for: Self.key(1))
    #expect(cache[Self.key(1)] == nil)
  }

  @Test("it behaves as a list that is searched from its newest entry, whatever comes")
  func model() {
    var random = SystemRandomNumberGenerator()
    let cache = RecentlyUsed<QueryKey, Int>(capacity: 5)
    var list: [Int] = []
    for _ in 0..<2000 {
      let number = Int.random(in: 0..<9, using: &random)
      if Bool.random(using: &random) {
        cache.insert(number, for: Self.key(number))
        list = Array(([number] + list.filter { $0 != number }).prefix(5))
      } else {
        #expect(cache[Self.key(number)] == (list.contains(number) ? number : nil))
        if list.contains(number) { list = [number] + list.filter { $0 != number } }
      }
    }
  }
}
