/// What is computed from one query's ranking and its judgments, written as `ir_measures` writes it: `nDCG@3`,
/// `R(rel=2)@100`, `AP`.
///
/// Every measure has exactly one definition, `Measure.value(of:)`, and equals trec_eval's.
public struct Measure: Hashable, Sendable {
  /// The family of a measure; the raw value is the name that `ir_measures` gives it.
  public enum Family: String, Hashable, Sendable, CaseIterable {
    /// Normalised discounted cumulative gain with linear gain and the discount `1 / log2(1 + rank)`.
    case nDCG
    /// Recall: the share of the relevant passages that are among the first k.
    case R
    /// Precision: the share of the first k ranks that hold a relevant passage.
    case P
    /// The reciprocal of the rank of the first relevant passage; its mean over queries is the MRR.
    case RR
    /// Average precision; its mean over queries is the MAP.
    case AP
    /// 1 if a relevant passage is among the first k, else 0.
    case success = "Success"
    /// The share of the first k retrieved passages that have a judgment.
    case judged = "Judged"
    /// Precision at rank R, for R relevant passages.
    case Rprec
    /// How many judged irrelevant passages stand above the relevant ones (Buckley and Voorhees, SIGIR 2004).
    case bpref = "Bpref"
    /// Average precision estimated from incomplete judgments (Yilmaz and Aslam, CIKM 2006); a negative grade means
    /// pooled but not judged.
    case infAP
    /// Precision of the whole retrieved set.
    case setP = "SetP"
    /// Recall of the whole retrieved set.
    case setR = "SetR"
    /// The harmonic mean of `SetP` and `SetR`.
    case setF = "SetF"
  }

  public let family: Family
  /// The rank after which nothing is looked at, `nil` for the whole ranking.
  public let cutoff: Int?
  /// The lowest grade that counts as relevant. nDCG takes the grades as gains and Judged takes any grade, so they
  /// have none other than 1.
  public let minimumGrade: Int
  /// Whether passages without a judgment are taken out of the ranking first (condensed lists; trec_eval's `-J`).
  public let judgedOnly: Bool

  /// - Returns: `nil` when the family does not take the parameters: a cut-off below 1, a grade below 1, a missing or
  ///   needless cut-off.
  public init?(_ family: Family, at cutoff: Int? = nil, minimumGrade: Int = 1, judgedOnly: Bool = false) {
    guard minimumGrade >= 1, minimumGrade == 1 || family.takesMinimumGrade, !judgedOnly || family.takesJudgedOnly
    else { return nil }
    if let cutoff {
      guard cutoff >= 1, family.cutoffRule != .never else { return nil }
    } else if family.cutoffRule == .always {
      return nil
    }
    self.init(unchecked: family, cutoff, minimumGrade, judgedOnly)
  }

  init(unchecked family: Family, _ cutoff: Int?, _ minimumGrade: Int = 1, _ judgedOnly: Bool = false) {
    self.family = family
    self.cutoff = cutoff
    self.minimumGrade = minimumGrade
    self.judgedOnly = judgedOnly
  }

  /// What is shown when nobody says otherwise: the measures that papers on conversational search report.
  public static let standard: [Measure] = [
    Measure(unchecked: .nDCG, 3), Measure(unchecked: .nDCG, 10), Measure(unchecked: .R, 10),
    Measure(unchecked: .R, 100), Measure(unchecked: .RR, nil), Measure(unchecked: .AP, nil),
  ]
}

extension Measure.Family {
  enum CutoffRule { case always, optional, never }

  var cutoffRule: CutoffRule {
    switch self {
    case .R, .P, .success: .always
    case .nDCG, .RR, .AP, .judged: .optional
    case .Rprec, .bpref, .infAP, .setP, .setR, .setF: .never
    }
  }

  var takesMinimumGrade: Bool { self != .nDCG && self != .judged }

  var takesJudgedOnly: Bool { self != .judged && self != .bpref && self != .infAP && self != .setR }

  /// Further spellings, those of `ir_measures` among them.
  var aliases: [String] {
    switch self {
    case .nDCG: ["NDCG"]
    case .R: ["Recall"]
    case .P: ["Precision"]
    case .RR: ["MRR"]
    case .AP: ["MAP"]
    case .Rprec: ["RPrec"]
    case .bpref: ["BPref"]
    case .success, .judged, .infAP, .setP, .setR, .setF: []
    }
  }
}

extension Measure: CustomStringConvertible {
  /// The name in `ir_measures`' notation, which `init(parsing:)` reads back.
  public var description: String {
    var parameters: [String] = []
    if minimumGrade != 1 { parameters.append("rel=\(minimumGrade)") }
    if judgedOnly { parameters.append("judged_only=True") }
    var name = family.rawValue
    if !parameters.isEmpty { name += "(" + parameters.joined(separator: ",") + ")" }
    if let cutoff { name += "@\(cutoff)" }
    return name
  }
}
