extension Sampler {
  /// Places of a teacher's list of which some are drawn, each equally likely.
  struct Stratum {
    var places: [Int]
    var count: Int
  }

  /// What is drawn from a list: disjoint strata, each of them independently.
  ///
  /// - Parameter places: the list's places that may be negatives, ascending.
  func strata(of places: [Int], in count: Int) -> [Stratum] {
    let negatives = configuration.negatives
    func within(_ window: RankWindow?) -> [Int] {
      window.map { places.filter($0.places(in: count).contains) } ?? places
    }
    switch configuration.strategy {
    case .uniform(let window): return [Stratum(places: within(window), count: negatives)]
    case .softPositives(_, let window): return [Stratum(places: within(window), count: negatives)]
    case .hardest: return [all(places.prefix(negatives))]
    case .easiest(let window): return [all(within(window).suffix(negatives))]
    case .stratified(let window, let bands): return Self.bands(within(window), bands, negatives)
    case .mixture(let hard, let uniform, _, let window):
      let best = places.prefix(hard)
      let others = places.dropFirst(hard).filter(window.places(in: count).contains)
      return [all(best), Stratum(places: others, count: uniform)]
    case .wholeList: return [all(places[...])]
    case .proportional: return []
    }
  }

  private func all(_ places: ArraySlice<Int>) -> Stratum {
    Stratum(places: Array(places), count: places.count)
  }

  /// Equal bands with equal shares. Where these cannot be equal, and where a band is too small for its share, the better
  /// ranked bands get the passages that remain to be dealt out.
  private static func bands(_ places: [Int], _ bands: Int, _ negatives: Int) -> [Stratum] {
    var strata = (0..<bands).map { band in
      Stratum(
        places: Array(places[places.count * band / bands..<places.count * (band + 1) / bands]), count: 0)
    }
    var remaining = min(negatives, places.count)
    while remaining > 0 {
      for band in strata.indices where remaining > 0 && strata[band].count < strata[band].places.count {
        strata[band].count += 1
        remaining -= 1
      }
    }
    return strata
  }
}
