/// What the turns of a file are for, by its name. A word of the name says it (`train` of `conversations.train.jsonl`), or it is a
/// part that `data split` dealt; a file with neither is of no side.
enum SplitSide: Hashable, Comparable {
  case train
  case dev
  case valid
  case eval
  case test
  /// `part-2.jsonl`.
  case part(Int)

  init?(fileName: String) {
    if let number = Self.partNumber(of: fileName) {
      self = .part(number)
      return
    }
    let words = Set(fileName.lowercased().split { !$0.isLetter }.map(String.init))
    let sides: [(words: Set<String>, side: SplitSide)] = [
      (["train", "training"], .train), (["dev"], .dev), (["valid", "validation"], .valid),
      (["eval", "evaluation"], .eval), (["test"], .test),
    ]
    guard let found = sides.first(where: { !words.isDisjoint(with: $0.words) }) else { return nil }
    self = found.side
  }

  private static func partNumber(of fileName: String) -> Int? {
    let end = fileName.hasSuffix(".gz") ? ".jsonl.gz" : ".jsonl"
    guard fileName.hasPrefix("part-"), fileName.hasSuffix(end) else { return nil }
    let digits = fileName.dropFirst("part-".count).dropLast(end.count)
    // `data split` counts from 1, and writes no zero before a number.
    guard digits.allSatisfy({ $0.isASCII && $0.isNumber }), digits.first != "0" else { return nil }
    return Int(digits)
  }

  var isPart: Bool {
    if case .part = self { true } else { false }
  }

  /// As messages have it.
  var name: String {
    switch self {
    case .train: "train"
    case .dev: "dev"
    case .valid: "valid"
    case .eval: "eval"
    case .test: "test"
    case .part(let number): "part-\(number)"
    }
  }
}
