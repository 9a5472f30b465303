#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Measure {
  /// The measure of one query, by trec_eval's definitions: 0 when the query has no relevant passage or nothing was
  /// retrieved.
  func value(of ranking: JudgedRanking) -> Double {
    let all = judgedOnly ? ranking.judgments.filter { $0 >= 0 } : ranking.judgments
    let judgments = cutoff.map { all.prefix($0) } ?? all[...]
    let relevant = ranking.relevantCount(from: minimumGrade)
    let hits = { judgments.count { $0 >= minimumGrade } }

    switch family {
    case .nDCG: return normalisedGain(judgments, ideal: ranking.idealGrades)
    case .R, .setR: return ratio(hits(), relevant)
    case .P: return ratio(hits(), cutoff ?? 0)
    case .setP: return ratio(hits(), judgments.count)
    case .setF:
      let (precision, recall) = (ratio(hits(), judgments.count), ratio(hits(), relevant))
      return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
    case .success: return hits() > 0 ? 1 : 0
    case .RR: return judgments.firstIndex { $0 >= minimumGrade }.map { 1 / Double($0 + 1) } ?? 0
    case .AP: return averagePrecision(judgments, relevant: relevant)
    case .judged: return ratio(judgments.count { $0 != JudgedRanking.notPooled }, judgments.count)
    case .Rprec: return ratio(judgments.prefix(relevant).count { $0 >= minimumGrade }, relevant)
    case .bpref:
      let irrelevant = ranking.idealGrades.count - relevant
      return binaryPreference(judgments, relevant: relevant, irrelevant: irrelevant)
    case .infAP: return inferredAveragePrecision(judgments, relevant: relevant)
    }
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double {
    whole > 0 ? Double(part) / Double(whole) : 0
  }

  /// DCG = sum of grade / log2(1 + rank), over the DCG of the best possible ranking of the judged passages.
  private func normalisedGain(_ judgments: ArraySlice<Int>, ideal: [Int]) -> Double {
    let best = gain(cutoff.map { ideal.prefix($0) } ?? ideal[...])
    return best > 0 ? gain(judgments) / best : 0
  }

  private func gain(_ grades: ArraySlice<Int>) -> Double {
    var sum = 0.0
    for (index, grade) in grades.enumerated() where grade > 0 {
      sum += Double(grade) / log2(Double(index + 2))
    }
    return sum
  }

  private func averagePrecision(_ judgments: ArraySlice<Int>, relevant: Int) -> Double {
    guard relevant > 0 else { return 0 }
    var (sum, found) = (0.0, 0)
    for (index, grade) in judgments.enumerated() where grade >= minimumGrade {
      found += 1
      sum += Double(found) / Double(index + 1)
    }
    return sum / Double(relevant)
  }

  /// bpref = 1/R * sum over retrieved relevant r of 1 - min(judged irrelevant above r, R) / min(N, R), for N judged
  /// irrelevant passages.
  private func binaryPreference(_ judgments: ArraySlice<Int>, relevant: Int, irrelevant: Int) -> Double {
    guard relevant > 0 else { return 0 }
    var (sum, above) = (0.0, 0)
    for grade in judgments where grade >= 0 {
      if grade < minimumGrade {
        above += 1
      } else if above > 0 {
        sum += 1 - Double(min(above, relevant)) / Double(min(irrelevant, relevant))
      } else {
        sum += 1
      }
    }
    return sum / Double(relevant)
  }

  /// infAP: at each relevant passage the expected precision, where of the pooled passages above it the judged ones
  /// stand for the unjudged; smoothed by 0.00001.
  private func inferredAveragePrecision(_ judgments: ArraySlice<Int>, relevant: Int) -> Double {
    guard relevant > 0 else { return 0 }
    let smoothing = 0.00001
    var sum = 0.0
    var (found, irrelevant, unjudged) = (0, 0, 0)
    for (above, grade) in judgments.enumerated() where grade != JudgedRanking.notPooled {
      if grade == JudgedRanking.pooledUnjudged {
        unjudged += 1
      } else if grade < minimumGrade {
        irrelevant += 1
      } else {
        let rank = Double(above + 1)
        if above == 0 {
          sum += 1
        } else {
          let pooledShare = Double(found + irrelevant + unjudged) / Double(above)
          let relevantShare = (Double(found) + smoothing) / (Double(found + irrelevant) + 2 * smoothing)
          sum += 1 / rank + Double(above) / rank * pooledShare * relevantShare
        }
        found += 1
      }
    }
    return sum / Double(relevant)
  }
}
