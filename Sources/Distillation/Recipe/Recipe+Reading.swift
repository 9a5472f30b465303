import BinaryFiles
public import Diagnostics
import Yams

extension Recipe {
  /// Reads a recipe.
  ///
  /// - Parameter settings: `key=value`, the key dotted and with numbers for list places, such as
  ///   `optimisation.epochs=5` or `data.0.share=0.5`; they win over the file.
  /// - Throws: `badInput` that names the key: one that no recipe has (with the nearest that it has), a value of another
  ///   kind; `usage` for a setting that is none.
  public init(reading path: String, settings: [String] = []) throws(ParlanceError) {
    let file = try MappedFile(path: path)
    guard let text = String(validating: file.bytes.array(), as: UTF8.self) else {
      throw ParlanceError(.badInput, "expected a recipe in UTF-8", at: .init(file: path))
    }
    try self.init(yaml: text, file: path, settings: settings)
  }

  init(yaml text: String, file: String, settings: [String] = []) throws(ParlanceError) {
    func fault(_ message: String, line: Int? = nil) -> ParlanceError {
      ParlanceError(.badInput, message, at: .init(file: file, line: line))
    }
    var read: Node?
    do {
      guard var root = try Yams.compose(yaml: text), root.mapping != nil else {
        throw fault("expected a mapping with the parts of a recipe")
      }
      for setting in settings { try RecipeSetting(setting).apply(to: &root) }
      read = root
      self = try YAMLDecoder().decode(Recipe.self, from: root)
      let known = try Yams.compose(yaml: YAMLEncoder().encode(self))
      let example = try Yams.compose(yaml: YAMLEncoder().encode(Recipe.example))
      try checkKeys(of: root, known, example, path: []) { fault($0, line: $1) }
    } catch let error as ParlanceError {
      throw error
    } catch let error as DecodingError {
      throw fault(RecipeFault(error, in: read).words)
    } catch {
      let yaml = YAMLFault(error)
      throw fault(yaml.words, line: yaml.line)
    }
    do { try check() } catch { throw fault(error.message) }
  }

  /// The recipe with every default filled in.
  public func yaml() throws(ParlanceError) -> String {
    do {
      return try YAMLEncoder().encode(self).split(separator: "\n", omittingEmptySubsequences: false)
        .map(Self.withPlainNumber).joined(separator: "\n")
    } catch {
      throw ParlanceError(.internalFault, "the recipe cannot be written: \(error)")
    }
  }

  /// A line whose number is written as people and every reader of YAML write it: 0.003 for 3e-3.
  private static func withPlainNumber(_ line: Substring) -> String {
    guard let blank = line.lastIndex(of: " "), line[..<blank].hasSuffix(":") else { return String(line) }
    let written = line[line.index(after: blank)...]
    guard written.allSatisfy({ $0.isNumber || ".e+-".contains($0) }), written.contains("e"),
      let number = Double(written)
    else { return String(line) }
    var text = "\(number)"
    // Readers of YAML 1.1 take an exponent for a number only behind a point.
    if let exponent = text.firstIndex(of: "e"), !text.contains(".") { text.insert(contentsOf: ".0", at: exponent) }
    return line[...blank] + text
  }

  /// A recipe in which nothing is left out, so that every key is known.
  private static var example: Recipe {
    var recipe = Recipe()
    var set = TrainingSet()
    (set.name, set.qrels, set.rewrites, set.licence) = ("", "", "", "")
    recipe.data = [set]
    (recipe.student.layers, recipe.student.keptTerms, recipe.student.leastImportance) = (1, 1, 0)
    var residual = Residual()
    (residual.model, residual.final) = ("", 1)
    residual.factors = Factors()
    recipe.student.residual = residual
    var passages = Passages()
    passages.model = ""
    recipe.student.passages = passages
    var validation = Validation()
    (validation.conversations, validation.qrels, validation.folds, validation.patience) = ("", "", 1, 1)
    recipe.validation = validation
    return recipe
  }

  /// Refuses a key that decoding passed over: it is in neither the recipe that was read nor the one with everything.
  private func checkKeys(
    of node: Node, _ known: Node?, _ example: Node?, path: [String], _ fault: (String, Int?) -> ParlanceError
  ) throws(ParlanceError) {
    if let list = node.sequence {
      for (place, entry) in list.enumerated() {
        let own = known?.sequence.flatMap { place < $0.count ? $0[place] : nil }
        try checkKeys(of: entry, own, example?.sequence?.first, path: path + ["\(place)"], fault)
      }
    }
    guard let mapping = node.mapping else { return }
    let choice = keyChoices[path.joined(separator: ".")]
    let names = [known, example].flatMap { $0?.mapping?.keys.compactMap(\.string) ?? [] } + (choice?.keys ?? [])
    for (key, value) in mapping {
      if let message = choice?.fault(of: key.string ?? "", at: path) { throw fault(message, key.mark?.line) }
      guard let name = key.string, names.contains(name) else {
        let whole = (path + [(key.string ?? "?").excerpt()]).joined(separator: ".")
        let hint = NearestName.of(key.string ?? "", among: names).map { "; did you mean `\($0)`?" } ?? ""
        throw fault("no recipe has the key `\(whole)`" + hint, key.mark?.line)
      }
      try checkKeys(of: value, known?[name], example?[name], path: path + [name], fault)
    }
  }
}
