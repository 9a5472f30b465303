extension String {
  /// The words in one line, and their beginning alone where they are longer than so many characters.
  func excerpt(_ length: Int) -> String {
    let words = split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return words.count <= length ? words : words.prefix(length) + " …"
  }
}
