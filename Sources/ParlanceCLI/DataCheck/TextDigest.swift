/// A text as a number, to find equal ones among millions without keeping them. Two texts that differ have the same number
/// once in 2^64 pairs; numbers are of this process only.
struct TextDigest: Hashable {
  private let value: Int

  /// Of texts as they are, in their order.
  init(_ texts: some Sequence<String>) {
    var hasher = Hasher()
    for text in texts { hasher.combine(text) }
    value = hasher.finalize()
  }

  /// Of the words, whatever their case and the space between them.
  init(wordsOf text: String) {
    var hasher = Hasher()
    for word in text.split(whereSeparator: \.isWhitespace) { hasher.combine(word.lowercased()) }
    value = hasher.finalize()
  }
}
