public import Diagnostics

extension Measure {
  /// Reads `NAME`, `NAME@k`, `NAME(rel=2)@k`, `NAME(judged_only=True, rel=2)@k`; `MRR`, `MAP`, `Recall` and the like
  /// are other names for `RR`, `AP`, `R`. Letter case does not matter.
  ///
  /// - Throws: `ParlanceError` with code `usage`; an unknown name gets the nearest known one.
  public init(parsing text: String) throws(ParlanceError) {
    let refuse = { (why: String) in ParlanceError(.usage, "measure '\(text)': \(why)") }

    var rest = text[...]
    var cutoff: Int?
    if let at = rest.lastIndex(of: "@") {
      let digits = rest[rest.index(after: at)...]
      guard let k = Measure.positiveNumber(digits) else {
        throw refuse("after @ a rank of 1 or more is expected, not '\(digits)'")
      }
      cutoff = k
      rest = rest[..<at]
    }

    var minimumGrade = 1
    var judgedOnly = false
    if let open = rest.firstIndex(of: "(") {
      guard rest.last == ")" else { throw refuse("the parenthesis is not closed before the end or the @") }
      for parameter in rest[rest.index(after: open)...].dropLast().split(separator: ",") {
        let parts = parameter.split(separator: "=", maxSplits: 1).map(Measure.trimmed)
        switch parts.first {
        case "rel":
          guard parts.count == 2, let grade = Measure.positiveNumber(parts[1]) else {
            throw refuse("rel is the lowest relevant grade, 1 or more, as in R(rel=2)@100")
          }
          minimumGrade = grade
        case "judged_only":
          switch parts.count == 2 ? parts[1].lowercased() : "" {
          case "true": judgedOnly = true
          case "false": judgedOnly = false
          default: throw refuse("judged_only is True or False")
          }
        default: throw refuse("'\(Measure.trimmed(parameter))' is not a parameter; known are rel and judged_only")
        }
      }
      rest = rest[..<open]
    }

    let name = Measure.trimmed(rest)
    guard let family = Family(named: name) else {
      throw refuse("'\(name)' is not known; \(Family.hint(for: name))")
    }
    if cutoff == nil, family.cutoffRule == .always {
      throw refuse("\(family.rawValue) needs a cut-off, as in \(family.rawValue)@10")
    }
    if cutoff != nil, family.cutoffRule == .never {
      throw refuse("\(family.rawValue) looks at the whole ranking and takes no cut-off")
    }
    if minimumGrade != 1, !family.takesMinimumGrade {
      throw refuse("\(family.rawValue) takes no rel: it looks at the grades themselves")
    }
    if judgedOnly, !family.takesJudgedOnly {
      throw refuse("\(family.rawValue) takes no judged_only")
    }
    self.init(unchecked: family, cutoff, minimumGrade, judgedOnly)
  }

  /// Reads measures separated by white space or by commas outside of parentheses, without repetitions.
  ///
  /// - Throws: `ParlanceError` with code `usage` when one cannot be read or none is named.
  public static func list(parsing text: String) throws(ParlanceError) -> [Measure] {
    var words: [String] = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth <= 0, character.isWhitespace || character == "," {
        words.append("")
      } else {
        words[words.count - 1].append(character)
      }
    }
    var measures: [Measure] = []
    for word in words where !word.isEmpty {
      let measure = try Measure(parsing: word)
      if !measures.contains(measure) { measures.append(measure) }
    }
    guard !measures.isEmpty else {
      throw ParlanceError(.usage, "no measure is named; write for example \"nDCG@3 R@100 RR\"")
    }
    return measures
  }

  private static func positiveNumber(_ text: some StringProtocol) -> Int? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), number >= 1 else { return nil }
    return number
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}

extension Measure.Family {
  init?(named name: String) {
    let wanted = name.lowercased()
    for family in Measure.Family.allCases {
      if ([family.rawValue] + family.aliases).contains(where: { $0.lowercased() == wanted }) {
        self = family
        return
      }
    }
    return nil
  }

  /// What to write instead: the nearest of the known names, letter case aside; all names where none is near.
  static func hint(for name: String) -> String {
    let (wanted, known) = (name.lowercased(), allCases.flatMap { [$0.rawValue] + $0.aliases })
    let nearest = NearestName.of(wanted, among: known.map { $0.lowercased() }, within: max(2, wanted.count / 3))
    if let spelling = known.first(where: { $0.lowercased() == nearest }) { return "did you mean \(spelling)?" }
    return "expected one of \(allCases.map(\.rawValue).joined(separator: ", "))"
  }
}
