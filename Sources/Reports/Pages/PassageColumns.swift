/// What systems found for a turn, side by side: what pages of comparisons and of experiments share.
struct PassageColumns {
  let columns: [ComparisonPage.Column]

  var html: String {
    var lines = ["<div class=\"columns\">"]
    for column in columns {
      lines.append("<div><b>\(htmlEscaped(column.system))</b>")
      lines.append(column.passages.isEmpty ? "<p class=\"soft\">nothing found</p>" : "<ol>")
      lines += column.passages.map(item)
      lines.append((column.passages.isEmpty ? "" : "</ol>") + "</div>")
    }
    return (lines + ["</div>"]).joined(separator: "\n")
  }

  private func item(_ passage: ComparisonPage.Passage) -> String {
    let title = passage.title.isEmpty ? "" : "<strong>\(htmlEscaped(passage.title))</strong> "
    let excerpt = passage.excerpt.isEmpty ? "" : "<p>\(htmlEscaped(passage.excerpt))</p>"
    let relevant = passage.isRelevant ? " <span class=\"relevant\">relevant</span>" : ""
    return
      "<li\(passage.isShared ? " class=\"shared\"" : "")>\(title)<span class=\"id\">\(htmlEscaped(passage.id))</span>"
      + "\(relevant)\(excerpt)</li>"
  }

  static func history(_ history: [(speaker: String, text: String)]) -> String {
    let lines = history.map { "<p><b>\(htmlEscaped($0.speaker)):</b> \(htmlEscaped($0.text))</p>" }
    return "<div class=\"history\">\n" + lines.joined(separator: "\n") + "\n</div>"
  }
}
