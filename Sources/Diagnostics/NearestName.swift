/// The known name that a mistyped one was meant to be.
public enum NearestName {
  /// The known name that takes the fewest changes, the first of several; `nil` where none takes at most `limit`.
  public static func of(_ name: String, among names: some Sequence<String>, within limit: Int = .max) -> String? {
    names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
      .flatMap { $0.distance <= limit ? $0.name : nil }
  }

  /// How many characters have to be put in, left out, replaced or swapped with their neighbour to make one name of the
  /// other: the optimal string alignment distance.
  public static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var (before, last) = ([Int](), Array(0...right.count))
    for (i, a) in left.enumerated() {
      var row = [i + 1]
      for (j, b) in right.enumerated() {
        var best = min(row[j] + 1, last[j + 1] + 1, last[j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, before[j - 1] + 1) }
        row.append(best)
      }
      (before, last) = (last, row)
    }
    return last[right.count]
  }
}
