import Diagnostics
import Reports

/// The part of a passage that is shown: the lines with the most marked words.
struct Snippet {
  private struct Word {
    var text: String
    /// Marked places in the text, in UTF-8 bytes.
    var marks: [Range<Int>]
    var width: Int
  }

  private var lines: [[Word]] = [[]]
  private var first = 0
  private let limit: Int

  /// - Parameters:
  ///   - marks: places in UTF-8 bytes, in ascending order.
  ///   - width: columns; what is cut is told within them.
  init(_ text: String, marks: [Range<Int>], width: Int, lines limit: Int) {
    self.limit = limit
    let width = max(20, width) - 4
    var used = 0
    var next = 0
    for (word, start) in Self.words(of: text.withoutControls) {
      let end = start + word.utf8.count
      while next < marks.count, marks[next].upperBound <= start { next += 1 }
      var own: [Range<Int>] = []
      for mark in marks[next...].prefix(while: { $0.lowerBound < end }) {
        own.append(max(mark.lowerBound, start) - start..<min(mark.upperBound, end) - start)
      }
      let columns = displayWidth(word)
      if used > 0, used + 1 + columns > width {
        lines.append([])
        used = 0
      }
      lines[lines.count - 1].append(Word(text: word, marks: own, width: columns))
      used += columns + (used > 0 ? 1 : 0)
    }
    first = densest()
  }

  /// The lines, with `style` around what is marked.
  func text(_ style: (String) -> String) -> [String] {
    let end = min(lines.count, first + limit)
    return (first..<end).map { number in
      let line = lines[number].map { Self.text($0, style) }.joined(separator: " ")
      return (number == first && first > 0 ? "… " : "") + line + (number == end - 1 && end < lines.count ? " …" : "")
    }
  }

  /// The first of as many lines as are shown, where most words are marked; the earliest of several.
  private func densest() -> Int {
    guard lines.count > limit else { return 0 }
    let counts = lines.map { $0.count { !$0.marks.isEmpty } }
    var best = (start: 0, count: counts[..<limit].reduce(0, +))
    for start in 1...lines.count - limit {
      let count = counts[start..<start + limit].reduce(0, +)
      if count > best.count { best = (start, count) }
    }
    return best.start
  }

  private static func words(of text: String) -> [(String, Int)] {
    text.split(whereSeparator: \.isWhitespace).map {
      (String($0), text.utf8.distance(from: text.startIndex, to: $0.startIndex))
    }
  }

  private static func text(_ word: Word, _ style: (String) -> String) -> String {
    let bytes = Array(word.text.utf8)
    var text = ""
    var place = 0
    for mark in word.marks where mark.lowerBound >= place {
      text += String(decoding: bytes[place..<mark.lowerBound], as: UTF8.self)
      text += style(String(decoding: bytes[mark], as: UTF8.self))
      place = mark.upperBound
    }
    return text + String(decoding: bytes[place...], as: UTF8.self)
  }
}
