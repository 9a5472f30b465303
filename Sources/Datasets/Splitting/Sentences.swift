/// Cuts running text at the ends of sentences.
enum Sentences {
  /// The sentences of a text, in order; joined by single spaces they are the text again.
  static func split(_ text: String) -> [String] {
    let words = text.split(separator: " ")
    var sentences: [String] = []
    var start = 0
    for index in words.indices where index + 1 < words.count {
      guard ends(words[index]), begins(words[index + 1]) else { continue }
      sentences.append(words[start...index].joined(separator: " "))
      start = index + 1
    }
    if start < words.count { sentences.append(words[start...].joined(separator: " ")) }
    return sentences
  }

  /// Parts of at most `limit` words of a sentence that alone is longer: after a semicolon, colon or comma in the last
  /// half of a part where there is one, else anywhere.
  static func pieces(of sentence: String, limit: Int) -> [String] {
    var rest = sentence.split(separator: " ")[...]
    var pieces: [String] = []
    while rest.count > limit {
      let candidate = rest.prefix(limit)
      let cut =
        [";:", ","].lazy.compactMap { marks in
          candidate.lastIndex { word in word.last.map { marks.contains($0) } ?? false }
        }.first { $0 - rest.startIndex >= limit / 2 } ?? candidate.endIndex - 1
      pieces.append(rest[...cut].joined(separator: " "))
      rest = rest[(cut + 1)...]
    }
    if !rest.isEmpty { pieces.append(rest.joined(separator: " ")) }
    return pieces
  }

  private static let abbreviations: Set<String> = [
    "e.g.", "i.e.", "etc.", "vs.", "cf.", "mr.", "mrs.", "ms.", "dr.", "prof.", "st.", "no.", "nos.", "fig.", "eq.",
    "sec.", "ch.", "vol.", "ed.", "eds.", "pp.", "p.", "approx.", "inc.", "ltd.", "co.", "dept.", "jan.", "feb.",
    "aug.",
    "sept.", "oct.", "nov.", "dec.", "viz.", "resp.", "a.k.a.",
  ]

  private static func ends(_ word: Substring) -> Bool {
    var core = word
    while let last = core.last, "\"')]}”’»*_`".contains(last) { core.removeLast() }
    guard let last = core.last, ".!?…".contains(last) else { return false }
    if last != "." { return true }
    while let first = core.first, "\"'([{“‘«*_`".contains(first) { core.removeFirst() }
    if core.count == 2, core.first?.isUppercase == true { return false }
    return !abbreviations.contains(core.lowercased())
  }

  /// Whether a word can begin a sentence: anything but a small letter.
  private static func begins(_ word: Substring) -> Bool {
    guard let first = word.first(where: { !"\"'([{“‘«*_`".contains($0) }) else { return true }
    return !first.isLowercase
  }
}
