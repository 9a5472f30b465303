import Checkpoints
import Conversations
import Diagnostics
import SparseVectors
import StrictJSON

/// The README.md of a student: what it is, from which recipe and data, under which terms, and how good it was found.
struct ModelCard {
  var recipe: Recipe
  var start: Checkpoint
  var passageSpace: EncoderIdentity
  var steps: Int
  var validation: String?

  func text() throws(ParlanceError) -> String {
    var lines = ["---"]
    if let licence = start.licence.name { lines.append("license: \(Self.yaml(licence))") }
    lines += [
      "base_model: \(Self.yaml(start.name))", "library_name: sentence-transformers", "tags:", "- sparse-encoder",
      "- conversational-search", "---", "", "# A conversational query encoder", "",
      "Reads a conversation (form `\(recipe.student.form.rawValue)`, up to \(min(recipe.student.maxLength, start.maxLength)) tokens, newest "
        + "message first) and gives the sparse query vector for its last question. \(passages)", "",
    ]
    if let residual = recipe.student.residual {
      lines += [
        "Its query is `gate * frozen(last question) + student(conversation)`, gate: \(residual.gate.rawValue)"
          + (residual.factors == nil ? ". " : ", each term of both multiplied by a factor for where it was said. ")
          + "`parlance.json` and `frozen/` hold what is added; tools that load this folder as a plain checkpoint get the "
          + "student's part alone.", "",
      ]
    }
    if !pruned.isEmpty {
      lines += [
        "Its queries keep \(pruned.joined(separator: " and ")). `parlance.json` says so; tools that load this folder as a plain "
          + "checkpoint keep all terms.", "",
      ]
    }
    lines += [
      "Started from \(start.name): \(start.licence.summary). Trained for \(steps) steps.", "", "## Data", "",
      "| conversations | teacher | licence |", "| --- | --- | --- |",
    ]
    for set in recipe.data where set.share > 0 {
      let cells = [set.name ?? name(set.conversations), name(set.teacher), set.licence ?? "not stated"].map(Self.cell)
      lines.append("| \(cells.joined(separator: " | ")) |")
    }
    if let validation { lines += ["", "## Figures", "", validation] }
    lines += ["", "## Recipe", "", "```yaml", try namedRecipe.yaml().trimmingSuffix("\n"), "```"]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What is left of a query.
  private var pruned: [String] {
    var kept: [String] = []
    if let least = recipe.student.leastImportance, least > 0 {
      kept.append("the terms whose weight times `ln((N + 1) / (df + 1))` is \(least) or more")
    }
    if let count = recipe.student.keptTerms { kept.append("the \(count) heaviest terms") }
    return kept
  }

  /// The recipe with names in place of paths.
  private var namedRecipe: Recipe {
    var named = recipe
    named.student.model = start.name
    named.student.residual?.model = recipe.student.residual?.model.map(name)
    named.student.passages?.texts = name(recipe.student.passages?.texts ?? "")
    named.student.passages?.model = recipe.student.passages?.model.map(name)
    named.vectors = name(recipe.vectors)
    for place in named.data.indices {
      named.data[place].conversations = name(recipe.data[place].conversations)
      named.data[place].teacher = name(recipe.data[place].teacher)
      named.data[place].qrels = recipe.data[place].qrels.map(name)
      named.data[place].rewrites = recipe.data[place].rewrites.map(name)
    }
    named.validation?.conversations = recipe.validation?.conversations.map(name)
    named.validation?.qrels = recipe.validation?.qrels.map(name)
    return named
  }

  /// Which passages its queries are for.
  private var passages: String {
    let template = recipe.student.passages?.passageText ?? ""
    return switch recipe.student.passages?.encoder {
    case nil:
      "Its vectors are for passages encoded by `\(passageSpace.name)` (\(passageSpace.digest.prefix(12))); it encodes no "
        + "passages."
    case .shared: "Passages learned with it: it encodes both, passages as `\(template)`."
    case .separate:
      "Its vectors are for passages encoded by the encoder in `passages/`, which learned with it, as `\(template)`; it "
        + "encodes none itself."
    }
  }

  /// A file's name without its folders, which are nobody's business; a name on the hub as it is.
  private func name(_ path: String) -> String {
    path.hasPrefix("hf:") ? path : path.split(separator: "/").last.map(String.init) ?? path
  }

  /// A text that YAML reads as itself.
  private static func yaml(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || "-./_".utf8.contains($0)
    }
    return isPlain && text.contains(where: \.isLetter) && text.first != "-" ? text : JSONValue.string(text).text
  }

  /// A text that stays in its cell of a Markdown table.
  private static func cell(_ text: String) -> String {
    var cell = String.UnicodeScalarView()
    for scalar in text.split(whereSeparator: \.isNewline).joined(separator: " ").unicodeScalars {
      cell.append(contentsOf: scalar == "|" ? ["\\", scalar] : [scalar])
    }
    return String(cell)
  }
}

extension String {
  fileprivate func trimmingSuffix(_ suffix: Character) -> String {
    var text = self
    while text.last == suffix { text.removeLast() }
    return text
  }
}
