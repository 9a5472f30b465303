/// A page in one file: no scripts, nothing fetched, light or dark as the reader's system is.
public struct HTMLPage: Sendable {
  public var title: String
  /// What stands below the title.
  public var lead: String
  /// Fragments of HTML, escaped already.
  public var sections: [String]
  /// Further rules of style.
  var style = ""
  /// What the page has, as links to the ids of its parts.
  var contents: [(id: String, title: String)] = []

  public init(title: String, lead: String = "", sections: [String] = []) {
    self.title = title
    self.lead = lead
    self.sections = sections
  }

  private var navigation: String {
    guard !contents.isEmpty else { return "" }
    let links = contents.map { "<li><a href=\"#\($0.id)\">\(htmlEscaped($0.title))</a></li>" }
    return "<nav aria-label=\"Contents\"><ul>\(links.joined())</ul></nav>\n"
  }

  public var text: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(htmlEscaped(title))</title>
    <style>
    \(Self.style)\(style.isEmpty ? "" : "\n" + style)
    </style>
    </head>
    <body>
    \(contents.isEmpty ? "" : "<a class=\"skip\" href=\"#content\">Skip to the figures</a>\n")<main>
    <h1>\(htmlEscaped(title))</h1>
    \(lead.isEmpty ? "" : "<p class=\"lead\">\(htmlEscaped(lead))</p>\n")\(navigation)\(sections.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private static let style = """
    :root { color-scheme: light dark; --text: #1c2024; --soft: #60646c; --page: #fcfcfd; --card: #ffffff; --line: #d9d9e0;
      --mark: #e6f4ea; --accent: #0b6e4f; }
    @media (prefers-color-scheme: dark) { :root { --text: #edeef0; --soft: #b0b4ba; --page: #111113; --card: #18191b;
      --line: #363a3f; --mark: #12352a; --accent: #5ec9a4; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
    main { max-width: 80rem; margin: 0 auto; padding: 1.5rem; }
    h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
    h3 { font-size: 1rem; margin: 0; overflow-wrap: anywhere; }
    .lead, .note, .soft { color: var(--soft); } .note { margin: .25rem 0; font-size: .9rem; }
    .scroll { overflow-x: auto; }
    a { color: var(--accent); }
    a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent);
      outline-offset: 2px; border-radius: .2rem; }
    table.figures { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
    table.figures caption { text-align: left; font-weight: 600; padding-bottom: .25rem; }
    table.figures th, table.figures td { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line);
      text-align: left; }
    table.figures .figure { text-align: right; }
    section.conversation { border: 1px solid var(--line); border-radius: .5rem; background: var(--card);
      padding: 1rem; margin: 1rem 0; }
    details { border-top: 1px solid var(--line); margin-top: .75rem; padding-top: .5rem; }
    summary { cursor: pointer; overflow-wrap: anywhere; } summary .rbo { color: var(--soft); }
    .history { margin: .5rem 0; padding-left: .8rem; border-left: 3px solid var(--line); color: var(--soft);
      font-size: .9rem; max-height: 16rem; overflow-y: auto; overflow-wrap: anywhere; } .history p { margin: .25rem 0; }
    .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem; margin-top: .75rem; }
    .columns ol { margin: .25rem 0; padding-left: 1.6rem; } .columns li { margin: .4rem 0; padding: .1rem .4rem;
      border-radius: .3rem; overflow-wrap: anywhere; } .columns li.shared { background: var(--mark); }
    .columns li p { margin: 0; font-size: .9rem; color: var(--soft); } .columns li .id { font-size: .8rem;
      color: var(--soft); } .columns li strong { font-weight: 600; }
    """
}
