/// Which of the known names somebody may have meant who mistyped one.
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
    var rows = [Array(0...right.count)]
    for (i, a) in left.enumerated() {
      var row = [i + 1]
      for (j, b) in right.enumerated() {
        var best = min(row[j] + 1, rows[i][j + 1] + 1, rows[i][j] + (a == b ? 0 : 1))
        if i > 0, j > 0, a == right[j - 1], left[i - 1] == b { best = min(best, rows[i - 1][j - 1] + 1) }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
