#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Objective {
  /// The Kullback-Leibler divergence of the student's distribution over one sample from the teacher's.
  ///
  /// Where the sample says how often each passage is expected in it, the logarithm of that is subtracted from both sides'
  /// tempered scores: then the sum over the sample estimates the one over all passages that could have been drawn.
  func divergence(student_N: [Double], sample: PassageSample) -> Differentiated {
    let settings = configuration.kld
    let divisor = settings.referenceTemperature ? 1 / settings.temperature : settings.temperature
    let scale = settings.scaleBySquaredTemperature ? divisor * divisor : 1
    var gradient = [Double](repeating: 0, count: student_N.count)
    let list = (sample.distilsPositives ? 0 : sample.positives)..<sample.count
    guard !list.isEmpty else { return Differentiated(value: 0, gradient: gradient) }
    let correction = list.map { sample.logExpectedCounts.isEmpty ? 0 : Double(sample.logExpectedCounts[$0]) }
    let emphasis = list.map { $0 < sample.positives ? log(configuration.positiveWeight) : 0 }
    let teacher = logSoftmax(
      list.map { index in
        Double(sample.teacherScores[index]) / divisor - correction[index - list.lowerBound]
          + emphasis[index - list.lowerBound]
      })
    let student = logSoftmax(list.map { student_N[$0] / divisor - correction[$0 - list.lowerBound] })
    var value = 0.0
    for (index, (teacher, student)) in zip(list, zip(teacher, student)) {
      value += exp(teacher) * (teacher - student)
      gradient[index] = scale / divisor * (exp(student) - exp(teacher))
    }
    return Differentiated(value: scale * value, gradient: gradient)
  }
}

/// `x_j - log sum_k exp(x_k)`, without overflow.
package func logSoftmax(_ scores: [Double]) -> [Double] {
  let total = logSumExp(scores)
  return scores.map { $0 - total }
}

/// `log sum_k exp(x_k)`, without overflow; minus infinity for no scores.
func logSumExp(_ scores: [Double]) -> Double {
  guard let largest = scores.max(), largest > -.infinity else { return -.infinity }
  return largest + log(scores.reduce(0) { $0 + exp($1 - largest) })
}
