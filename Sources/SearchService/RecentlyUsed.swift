import Synchronization

/// Values that were used lately; what was used longest ago falls out first.
final class RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var key: Key
    var value: Value
    var older: Int
    var newer: Int
  }

  private struct State {
    var places: [Key: Int] = [:]
    var entries: [Entry] = []
    var newest = -1
    var oldest = -1
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: 0 keeps nothing.
  init(capacity: Int) {
    self.capacity = capacity
  }

  var count: Int { state.withLock { $0.entries.count } }

  subscript(key: Key) -> Value? {
    state.withLock { state in
      guard let place = state.places[key] else { return nil }
      Self.take(place, &state)
      Self.putFirst(place, &state)
      return state.entries[place].value
    }
  }

  func insert(_ value: Value, for key: Key) {
    guard capacity > 0 else { return }
    state.withLock { state in
      if let place = state.places[key] {
        Self.take(place, &state)
        Self.putFirst(place, &state)
        return
      }
      let place: Int
      if state.entries.count < capacity {
        place = state.entries.count
        state.entries.append(Entry(key: key, value: value, older: -1, newer: -1))
      } else {
        place = state.oldest
        Self.take(place, &state)
        state.places[state.entries[place].key] = nil
        state.entries[place] = Entry(key: key, value: value, older: -1, newer: -1)
      }
      state.places[key] = place
      Self.putFirst(place, &state)
    }
  }

  private static func take(_ place: Int, _ state: inout State) {
    let entry = state.entries[place]
    if entry.newer >= 0 { state.entries[entry.newer].older = entry.older } else { state.newest = entry.older }
    if entry.older >= 0 { state.entries[entry.older].newer = entry.newer } else { state.oldest = entry.newer }
  }

  private static func putFirst(_ place: Int, _ state: inout State) {
    state.entries[place].newer = -1
    state.entries[place].older = state.newest
    if state.newest >= 0 { state.entries[state.newest].newer = place } else { state.oldest = place }
    state.newest = place
  }
}
