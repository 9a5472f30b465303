import Checkpoints
import ModelKernels
import SparseVectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SparseRows {
  /// Brings hits into the order of rows, activates them and joins those of one sequence and column.
  init(pooling work: HeadWork, sequences: Int, activation: SparseHead.Activation) {
    var hits = [[HeadWork.Hit]](repeating: [], count: sequences)
    work.forEachHit { hits[Int($0.sequence)].append($0) }
    self.init(starts: [0], terms: [], weights: [], positions: [])
    let count = hits.reduce(0) { $0 + $1.count }
    terms.reserveCapacity(count)
    weights.reserveCapacity(count)
    positions.reserveCapacity(count)
    for var row in hits {
      row.sort { ($0.column, $0.token) < ($1.column, $1.token) }
      var place = 0
      while place < row.count {
        let first = row[place]
        var (weight, greatest, position) = (0.0, Float(0), first.token)
        while place < row.count, row[place].column == first.column {
          let hit = row[place]
          let once = log1p(Double(hit.logit))
          weight += activation == .relu ? once : log1p(once)
          if hit.logit > greatest { (greatest, position) = (hit.logit, hit.token) }
          place += 1
        }
        terms.append(TermID(UInt32(bitPattern: first.column)))
        weights.append(Float(weight))
        positions.append(position)
      }
      starts.append(terms.count)
    }
  }
}
