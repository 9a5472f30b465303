/// Gathers headings and blocks in reading order into sections.
struct Outline {
  private var open: [(level: Int, heading: String)] = []
  private(set) var sections: [DocumentSection] = [DocumentSection(headings: [], anchor: "", blocks: [])]

  /// Starts the section under a heading; `anchor` is made from the heading where the document gives none.
  mutating func heading(_ text: String, level: Int, anchor: String?) {
    let text = Outline.withoutNumber(text)
    guard !text.isEmpty else { return }
    while let last = open.last, last.level >= level { open.removeLast() }
    open.append((level, text))
    sections.append(
      DocumentSection(
        headings: open.map(\.heading), anchor: anchor.flatMap(Anchor.init(given:))?.name ?? Anchor(heading: text).name,
        blocks: []))
  }

  /// Starts a section that has a place in the document but no name in a title: a document's own name, repeated.
  mutating func unnamedSection() {
    open.removeAll()
    sections.append(DocumentSection(headings: [], anchor: "", blocks: []))
  }

  mutating func append(_ block: Block) {
    guard !block.text.isEmpty else { return }
    sections[sections.count - 1].blocks.append(block)
  }

  func document(title: String) -> StructuredDocument {
    StructuredDocument(title: title, sections: sections.filter { !$0.blocks.isEmpty })
  }

  /// A heading without a number such as `4.5.1.`, which changes whenever a section is added before it.
  static func withoutNumber(_ heading: String) -> String {
    let number = heading.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard number.contains("."), number.first != ".", heading[number.endIndex...].first == " " else { return heading }
    return String(heading[number.endIndex...].drop { $0 == " " })
  }
}
