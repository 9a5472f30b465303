/// Where the names of points stand, so that no two of them collide and none lies on a point.
struct LabelPlaces {
  struct Box: Equatable {
    var left: Double
    var top: Double
    var width: Double
    var height: Double

    func meets(_ other: Box) -> Bool {
      left < other.left + other.width && other.left < left + width && top < other.top + other.height
        && other.top < top + height
    }

    func isWithin(_ other: Box) -> Bool {
      left >= other.left && top >= other.top && left + width <= other.left + other.width
        && top + height <= other.top + other.height
    }
  }

  /// What a character takes of 12 pixels' text, on average and a little more.
  static let characterWidth = 6.9
  private static let height = 15.0

  static func width(_ text: String) -> Double { Double(displayWidth(text)) * characterWidth }

  /// - Parameters:
  ///   - points: the marks' centres, with the names.
  ///   - obstacles: what no label lies on while there is another place for it.
  ///   - frame: what all labels stay within.
  /// - Returns: a box for each name, or `nil` when they do not all fit.
  static func place(
    _ points: [(x: Double, y: Double, name: String)], avoiding obstacles: [Box] = [], within frame: Box
  ) -> [Box]? {
    let marks = points.map { Box(left: $0.x - 6, top: $0.y - 6, width: 12, height: 12) }
    var placed: [Box?] = points.map { _ in nil }
    // Those in the densest place choose first.
    let order = points.indices.sorted { left, right in
      let near = { (place: Int) in
        points.count { abs($0.x - points[place].x) < 90 && abs($0.y - points[place].y) < 40 }
      }
      return (near(right), left) < (near(left), right)
    }
    for place in order {
      let point = points[place]
      let free = candidates(around: (point.x, point.y), width: width(point.name)).filter { box in
        box.isWithin(frame) && !marks.contains(where: box.meets)
          && !placed.contains(where: { $0.map(box.meets) ?? false })
      }
      let found = free.first { box in !obstacles.contains(where: box.meets) } ?? free.first
      guard let found else { return nil }
      placed[place] = found
    }
    return placed.compactMap(\.self)
  }

  /// Beside the point first, then above and below it and across, near ones first.
  private static func candidates(around point: (x: Double, y: Double), width: Double) -> [Box] {
    let middle = -height / 2
    var boxes: [Box] = []
    for distance: Double in [9, 18, 30, 44] {
      let before = -distance - width
      let above = -distance - height
      let moves: [(Double, Double)] = [
        (distance, middle), (before, middle), (-width / 2, above), (-width / 2, distance), (distance, above),
        (distance, distance), (before, above), (before, distance),
      ]
      for (across, down) in moves {
        boxes.append(Box(left: point.x + across, top: point.y + down, width: width, height: height))
      }
    }
    return boxes
  }
}
