import Diagnostics
import TestSupport
import Testing

@testable import InvertedIndex

@Suite("Which segments are merged")
struct MergePolicyTests {
  @Test("no wish for a merge is lost, and failures are not repeated at once")
  func mergeRequests() {
    let requests = MergeRequests()
    #expect(requests.add())
    // Somebody changes the index while the thread, which has found nothing more to do, ends.
    #expect(!requests.add() && !requests.add())
    #expect(requests.end(nil))
    #expect(!requests.end(nil))
    #expect(requests.add())
    let failure = ParlanceError(.cannotWrite, "the disk is full")
    for passed in [2, 4, 8] {
      #expect(!requests.end(failure))
      for _ in 0..<passed { #expect(!requests.add()) }
      #expect(requests.add())
    }
    #expect(!requests.end(nil))
    #expect(requests.add())
  }

  @Test(
    "a policy whose merges would never end is refused",
    arguments: [(1, 4096, 0.25), (0, 4096, 0.25), (-8, 4096, 0.25), (8, 0, 0.25), (8, -1, 0.25), (8, 4096, Double.nan)])
  func refused(factor: Int, smallest: Int, deletedShare: Double) throws {
    let scratch = try Scratch()
    _ = try InvertedIndex.built(BuildTests.two, vocabularySize: 3, at: scratch("index"))
    var policy = MergePolicy()
    (policy.factor, policy.smallest, policy.deletedShare) = (factor, smallest, deletedShare)
    let error = #expect(throws: ParlanceError.self) { try LiveIndex(path: scratch("index"), policy: policy) }
    #expect(error?.code == .usage && error?.message.contains("merge policy") == true, "\(error as Any)")
    (policy.factor, policy.smallest, policy.deletedShare) = (2, 1, 0)
    _ = try LiveIndex(path: scratch("index"), policy: policy)
  }

  @Test("those of a level when there are many, and the worn ones; there are never many segments")
  func levels() {
    let policy = MergePolicy()
    func sizes(_ passages: [Int]) -> [MergePolicy.Size] { passages.map { .init(passages: $0, deleted: 0) } }
    #expect(policy.segments(of: sizes(Array(repeating: 1, count: 7))) == nil)
    #expect(policy.segments(of: sizes([100_000] + Array(repeating: 1, count: 8))) == 1..<9)
    #expect(policy.segments(of: [.init(passages: 4, deleted: 0), .init(passages: 4, deleted: 1)]) == 1..<2)
    #expect(policy.segments(of: []) == nil)
    var all = sizes([5_000_000])
    var (written, greatest) = (0, 0)
    for _ in 0..<20_000 {
      all.append(.init(passages: 100, deleted: 0))
      while let range = policy.segments(of: all) {
        let sum = all[range].reduce(0) { $0 + $1.passages }
        written += sum
        all.replaceSubrange(range, with: [.init(passages: sum, deleted: 0)])
      }
      greatest = max(greatest, all.count)
    }
    #expect(greatest <= 40, "\(greatest)")
    #expect(written < 6 * 2_000_000, "\(written)")
  }
}
