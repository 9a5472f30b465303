import Checkpoints
import SparseEncoder
import SparseVectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Least squares for ``TermFactors``: over the terms v of all queries
/// `sum_v (s_v exp(theta_student . x_v) + f_v exp(theta_frozen . x_v) - t_v)^2 / queries + ridge |theta|^2`,
/// s and f being the two parts of the query and t the teacher's vector.
///
/// Levenberg and Marquardt's method, in double precision and in the order of the entries: the same entries give the same bits.
struct FactorFit {
  /// How many numbers x has.
  static let width = TermFactors.Feature.allCases.count
  /// The three thetas lie end to end: the student's for the terms of the last question, for others, and the frozen part's.
  private static let parameters = 3 * width

  /// A term of a query.
  private struct Entry {
    var student: Double
    var frozen: Double
    var teacher: Double
    /// Whether the last question has the term.
    var isOfQuestion: Bool
  }

  private var entries: [Entry] = []
  /// `width` numbers for each entry.
  private var features: [Double] = []
  private(set) var queries = 0

  /// - Parameter sum: the query's parts, without factors.
  mutating func add(_ sum: ResidualSum, said places: TermPlaces, teacher: SparseVector) {
    queries += 1
    var place = 0
    for (index, term) in sum.terms.enumerated() {
      while place < teacher.count, teacher.terms[place] < term { place += 1 }
      let target = place < teacher.count && teacher.terms[place] == term ? Double(teacher.weights[place]) : 0
      entries.append(
        Entry(
          student: Double(sum.studentParts[index]), frozen: Double(sum.frozenParts[index]), teacher: target,
          isOfQuestion: sum.frozenPlaces[index] >= 0 || places.isAsked(term)))
      features += places.features(of: term)
    }
  }

  /// The factors with the least error that the method finds, scaled so that all queries together weigh what they did without:
  /// teachers weigh less than a student, and what is dropped for little weight should stay the same share.
  func factors(ridge: Double) -> TermFactors {
    var theta = solution(ridge: ridge)
    let (before, after) = (mass(theta.map { _ in 0 }), mass(theta))
    if before > 0, after > 0 {
      for group in 0..<3 { theta[group * Self.width] += log(before / after) }
    }
    func numbers(_ group: Int) -> [Float] {
      theta[group * Self.width..<(group + 1) * Self.width].map { Float($0) }
    }
    return TermFactors(frozen: numbers(2), question: numbers(0), history: numbers(1))
  }

  /// What all queries together weigh.
  func mass(_ theta: [Double]) -> Double {
    entries.indices.reduce(0.0) { sum, place in
      let (student, frozen) = parts(of: place, theta)
      return sum + student + frozen
    }
  }

  /// Where the student's theta for an entry begins.
  private func start(of place: Int) -> Int { entries[place].isOfQuestion ? 0 : Self.width }

  /// `theta . x`, held between the bounds, and whether it is free there: where it is held its slope is zero.
  private func exponent(_ place: Int, _ theta: [Double], from start: Int) -> (value: Double, isFree: Bool) {
    var sum = 0.0
    for number in 0..<Self.width { sum += theta[start + number] * features[place * Self.width + number] }
    let bounds = TermFactors.exponents
    return (min(max(sum, bounds.lowerBound), bounds.upperBound), bounds.contains(sum))
  }

  private func parts(of place: Int, _ theta: [Double]) -> (student: Double, frozen: Double) {
    let entry = entries[place]
    return (
      entry.student > 0 ? entry.student * exp(exponent(place, theta, from: start(of: place)).value) : 0,
      entry.frozen > 0 ? entry.frozen * exp(exponent(place, theta, from: 2 * Self.width).value) : 0
    )
  }

  /// What is minimised.
  func loss(_ theta: [Double], ridge: Double) -> Double {
    var sum = 0.0
    for place in entries.indices {
      let (student, frozen) = parts(of: place, theta)
      let error = student + frozen - entries[place].teacher
      sum += error * error
    }
    return sum / Double(max(1, queries)) + ridge * theta.reduce(0) { $0 + $1 * $1 }
  }

  /// Half of the loss's derivative, and Gauss and Newton's half of its second one, row after row.
  func slopes(_ theta: [Double], ridge: Double) -> (gradient: [Double], curvature: [Double]) {
    let (width, count) = (Self.width, Self.parameters)
    var gradient = [Double](repeating: 0, count: count)
    var curvature = [Double](repeating: 0, count: count * count)
    for place in entries.indices {
      let (student, frozen) = parts(of: place, theta)
      let error = student + frozen - entries[place].teacher
      let blocks = [(start(of: place), student), (2 * width, frozen)].filter { start, part in
        part > 0 && exponent(place, theta, from: start).isFree
      }
      for (start, part) in blocks {
        for number in 0..<width { gradient[start + number] += error * part * features[place * width + number] }
        for (other, otherPart) in blocks where other <= start {
          for row in 0..<width {
            let left = part * otherPart * features[place * width + row]
            if left == 0 { continue }
            for column in 0..<(other == start ? row + 1 : width) {
              curvature[(start + row) * count + other + column] += left * features[place * width + column]
            }
          }
        }
      }
    }
    let share = 1 / Double(max(1, queries))
    for row in 0..<count {
      gradient[row] = share * gradient[row] + ridge * theta[row]
      for column in 0...row {
        curvature[row * count + column] *= share
        curvature[column * count + row] = curvature[row * count + column]
      }
      curvature[row * count + row] += ridge
    }
    return (gradient, curvature)
  }

  private func solution(ridge: Double) -> [Double] {
    var theta = [Double](repeating: 0, count: Self.parameters)
    var loss = loss(theta, ridge: ridge)
    var damping = 1.0
    for _ in 0..<50 {
      let (gradient, curvature) = slopes(theta, ridge: ridge)
      var progress = 0.0
      while damping < 1e8 {
        let step = Self.solve(curvature, gradient, damping: damping)
        let next = zip(theta, step).map { $0 - $1 }
        let lower = self.loss(next, ridge: ridge)
        if lower < loss {
          progress = loss - lower
          (theta, loss) = (next, lower)
          damping = max(damping / 5, 1e-6)
          break
        }
        damping *= 4
      }
      if progress <= 1e-6 * loss { break }
    }
    return theta
  }

  /// Solves `(A + damping diag A) x = b` by Cholesky's decomposition; A is symmetric, and positive because of the ridge.
  static func solve(_ matrix: [Double], _ right: [Double], damping: Double) -> [Double] {
    let count = right.count
    var lower = matrix
    for row in 0..<count { lower[row * count + row] *= 1 + damping }
    for row in 0..<count {
      for column in 0...row {
        var sum = lower[row * count + column]
        for inner in 0..<column { sum -= lower[row * count + inner] * lower[column * count + inner] }
        lower[row * count + column] =
          row == column ? max(sum, .leastNormalMagnitude).squareRoot() : sum / lower[column * count + column]
      }
    }
    var x = right
    for row in 0..<count {
      for inner in 0..<row { x[row] -= lower[row * count + inner] * x[inner] }
      x[row] /= lower[row * count + row]
    }
    for row in stride(from: count - 1, through: 0, by: -1) {
      for below in row + 1..<max(row + 1, count) { x[row] -= lower[below * count + row] * x[below] }
      x[row] /= lower[row * count + row]
    }
    return x
  }
}
