extension Objective {
  /// The mean over pairs of one sample's passages of `((s_a - s_b) - (t_a - t_b))^2`; 0 without a pair.
  ///
  /// With `e = s - t` a pair's term is `(e_a - e_b)^2`.
  func marginError(student_N: [Double], sample: PassageSample) -> Differentiated {
    let errors = zip(student_N, sample.teacherScores).map { $0 - Double($1) }
    switch configuration.marginMSE.pairs {
    case .positive: return positivePairs(errors, sample.positives)
    case .all: return allPairs(errors, from: sample.distilsPositives ? 0 : sample.positives)
    }
  }

  private func positivePairs(_ errors: [Double], _ positives: Int) -> Differentiated {
    var result = Differentiated(value: 0, gradient: Array(repeating: 0, count: errors.count))
    let pairs = Double(positives * (errors.count - positives))
    for positive in 0..<positives {
      for negative in positives..<errors.count {
        let difference = errors[positive] - errors[negative]
        result.value += difference * difference / pairs
        result.gradient[positive] += 2 * difference / pairs
        result.gradient[negative] -= 2 * difference / pairs
      }
    }
    return result
  }

  /// `sum_{a<b} (e_a - e_b)^2 = n sum_a (e_a - mean)^2`, so that a whole list costs one pass.
  private func allPairs(_ errors: [Double], from first: Int) -> Differentiated {
    var result = Differentiated(value: 0, gradient: Array(repeating: 0, count: errors.count))
    let list = errors[first...]
    guard list.count > 1 else { return result }
    let mean = list.reduce(0, +) / Double(list.count)
    let scale = 2 / Double(list.count - 1)
    for index in list.indices {
      let difference = list[index] - mean
      result.value += scale * difference * difference
      result.gradient[index] = 2 * scale * difference
    }
    return result
  }
}
