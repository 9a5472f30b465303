/// What systems found for a turn, side by side: what pages of comparisons and of experiments share.
struct PassageColumns {
  let columns: [ComparisonPage.Column]

  var html: String {
    var lines = ["<div class=\"columns\">"]
    for column in columns {
      lines.append("<div><b>\(htmlEscaped(column.system))</b>")
      let passages = column.passages ?? []
      let nothing = column.passages == nil ? "has no answer to this turn" : "nothing found"
      lines.append(passages.isEmpty ? "<p class=\"soft\">\(nothing)</p>" : "<ol>")
      lines += passages.map(item)
      lines.append((passages.isEmpty ? "" : "</ol>") + "</div>")
    }
    return (lines + ["</div>"]).joined(separator: "\n")
  }

  private func item(_ passage: ComparisonPage.Passage) -> String {
    let title = passage.title.isEmpty ? "" : "<strong dir=\"auto\">\(htmlEscaped(passage.title))</strong> "
    let excerpt = passage.excerpt.isEmpty ? "" : "<p dir=\"auto\">\(htmlEscaped(passage.excerpt))</p>"
    let sign = passage.isShared ? "<span role=\"img\" aria-label=\"found by all\" title=\"found by all\">●</span> " : ""
    let relevant = passage.isRelevant ? " <span class=\"relevant\">relevant</span>" : ""
    return
      "<li\(passage.isShared ? " class=\"shared\"" : "")>\(sign)\(title)<span class=\"id\">\(htmlEscaped(passage.id))</span>"
      + "\(relevant)\(excerpt)</li>"
  }

  static func history(_ history: [(speaker: String, text: String)]) -> String {
    let lines = history.map {
      "<p><b>\(htmlEscaped($0.speaker)):</b> <span dir=\"auto\">\(htmlEscaped($0.text))</span></p>"
    }
    return "<div class=\"history\" tabindex=\"0\" role=\"region\" aria-label=\"What was said before\">\n"
      + lines.joined(separator: "\n") + "\n</div>"
  }
}
