/// What the names of HTML's elements mean to a reader of text.
enum HTMLVocabulary {
  static let void: Set<String> = [
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta",
    "param", "source", "track", "wbr",
  ]

  /// Elements whose content nobody reads as text.
  static let hidden: Set<String> = [
    "script", "style", "template", "noscript", "iframe", "noembed", "noframes", "object", "svg", "math", "canvas",
    "audio", "video", "select", "button", "textarea", "datalist", "nav", "footer", "map",
  ]

  /// Elements that start on a line of their own.
  static let block: Set<String> = [
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hgroup", "hr", "html", "legend", "li", "listing", "main", "menu", "nav", "ol", "p", "plaintext", "pre", "search",
    "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "xmp",
  ]

  /// Block elements that end an open paragraph.
  static let endsParagraph: Set<String> = block.subtracting([
    "body", "html", "caption", "tbody", "td", "tfoot", "th", "thead", "tr", "legend",
  ])

  static let headings: [String: Int] = ["h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6]

  static let lists: Set<String> = ["ul", "ol", "dl", "menu", "dir"]

  static let preformatted: Set<String> = ["pre", "xmp", "listing", "plaintext"]

  /// Elements beyond which an end tag that is not their own does not reach.
  static let scopes: Set<String> = ["html", "table", "td", "th", "caption", "template"]

  /// For an item: the elements that it ends, and those beyond which it does not look for them.
  static let endedByItem: [String: (ended: Set<String>, limit: Set<String>)] = [
    "li": (["li"], ["ul", "ol", "menu", "dir", "td", "th", "table"]),
    "dt": (["dt", "dd"], ["dl", "td", "th", "table"]),
    "dd": (["dt", "dd"], ["dl", "td", "th", "table"]),
    "tr": (["tr"], ["table"]),
    "td": (["td", "th"], ["tr", "table"]),
    "th": (["td", "th"], ["tr", "table"]),
    "tbody": (["tbody", "thead", "tfoot", "caption"], ["table"]),
    "thead": (["tbody", "thead", "tfoot", "caption"], ["table"]),
    "tfoot": (["tbody", "thead", "tfoot", "caption"], ["table"]),
    "option": (["option"], ["select", "datalist"]),
  ]

  private static let navigationClasses: Set<Substring> = [
    "toc", "list-of-tables", "list-of-figures", "list-of-examples", "list-of-equations", "navheader", "navfooter",
    "navigation", "navbar", "nav", "breadcrumb", "breadcrumbs", "sphinxsidebar", "related", "headerlink", "contents",
  ]

  /// A box beside the text; its heading names the box, not a section.
  private static let admonitionClasses: Set<Substring> = [
    "admonition", "admonitionblock", "caution", "important", "note", "tip", "warning", "sidebar", "sidebarblock",
  ]

  /// Whether an element and what it holds is left out: scripts, navigation, tables of contents, what is hidden.
  static func isLeftOut(_ tag: HTMLTag) -> Bool {
    if hidden.contains(tag.name) || tag.attributes["hidden"] != nil { return true }
    if tag.attributes["role"] == "navigation" || tag.attributes["aria-hidden"] == "true" { return true }
    if let id = tag.attributes["id"], id == "toc" || id == "footer" || id == "TOC" { return true }
    return tag.name != "body" && tag.classes.contains { navigationClasses.contains($0) }
  }

  static func isAdmonition(_ tag: HTMLTag) -> Bool { tag.classes.contains { admonitionClasses.contains($0) } }
}
