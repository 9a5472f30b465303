import Synchronization

/// Remembers which blocks of a mapped file were found whole, one bit each, for any number of threads.
///
/// Two threads may check the same block at once; both come to the same answer.
@safe package final class CheckedBlocks: Sendable {
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let wordCount: Int

  package init(count: Int) {
    wordCount = max(1, (count + 63) / 64)
    unsafe words = .allocate(capacity: wordCount)
    for word in 0..<wordCount { unsafe (words + word).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe words.deinitialize(count: wordCount)
    unsafe words.deallocate()
  }

  package func contains(_ block: Int) -> Bool {
    precondition(block >= 0 && block / 64 < wordCount, "a block that is not there")
    return unsafe words[block / 64].load(ordering: .acquiring) >> UInt64(block % 64) & 1 != 0
  }

  package func insert(_ block: Int) {
    precondition(block >= 0 && block / 64 < wordCount, "a block that is not there")
    _ = unsafe words[block / 64].bitwiseOr(1 << UInt64(block % 64), ordering: .releasing)
  }
}
