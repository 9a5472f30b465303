/// A document as every format's reader gives it: a title and sections of blocks, in reading order.
struct StructuredDocument: Hashable, Sendable {
  var title: String
  var sections: [DocumentSection]

  var isEmpty: Bool { sections.allSatisfy(\.blocks.isEmpty) }
}

/// What stands under one heading, up to the next heading of any level.
struct DocumentSection: Hashable, Sendable {
  /// The heading and those above it, outermost first, without the document's title; empty before the first heading.
  var headings: [String]
  /// The heading's name inside the document, as a link would say it; empty before the first heading.
  var anchor: String
  var blocks: [Block]
}

/// The smallest part that a layout shows as one thing.
struct Block: Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case paragraph
    /// Begins an item of a list.
    case listItem
    /// Begins an entry of a definition list: the text starts with the terms.
    case definition
    case tableRow
    /// Line breaks and indentation mean something.
    case preformatted
  }

  var kind: Kind
  var text: String
  /// How many lists the block stands in; an item's later paragraphs have its depth and the kind `paragraph`.
  var depth: Int = 0
  /// The outermost definition that the block belongs to.
  var term: String?
}
