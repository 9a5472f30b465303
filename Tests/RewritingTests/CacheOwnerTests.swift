import Testing

@testable import Rewriting

@Suite("Who has claimed a question")
struct CacheOwnerTests {
  private static let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 500 1 1"

  @Test(
    "is gone when there is no such process, or another one; not when the system hides it",
    arguments: [
      (Self.stat, true, false), (Self.stat.replacing(" S ", with: " Z "), true, true),
      (Self.stat.replacing(" 500 ", with: " 501 "), true, true), ("", true, false), ("", false, true),
    ])
  func gone(stat: String, exists: Bool, isGone: Bool) {
    var owner = CacheOwner.current()
    (owner.place, owner.process, owner.began) = ("here", 7, 500)
    var other = CacheOwner.current()
    other.place = "here"
    #expect(owner.isGone(seenFrom: other, stat: { _ in stat }, exists: { _ in exists }) == isGone)
    other.place = "elsewhere"
    #expect(!owner.isGone(seenFrom: other, stat: { _ in stat }, exists: { _ in exists }))
  }

  @Test("is there while this process is, whose number no other has")
  func here() {
    let owner = CacheOwner.current()
    #expect(!owner.isGone(seenFrom: .current()))
    var none = owner
    none.process = Int(Int32.max)
    #expect(owner.place.isEmpty || none.isGone(seenFrom: owner))
  }
}
