import Diagnostics
import Identifiers

/// Passages whose ids have one hash, in the order of their ids, so that one of them is found without looking at the others.
///
/// Two are rare. Very many are made by somebody on purpose, whose ids would otherwise be compared each with each.
struct CollidingPassages: Sendable {
  private let passages: [UInt32]
  /// The first two that have the same id, in ascending order.
  let repeated: (first: Int, second: Int)?

  /// - Parameter id: gives the id of a passage; each is asked for once.
  init(_ passages: [UInt32], id: (Int) throws(ParlanceError) -> ExternalID) throws(ParlanceError) {
    var named: [(id: ExternalID, passage: UInt32)] = []
    for passage in passages { named.append((try id(Int(passage)), passage)) }
    named.sort { $0 < $1 }
    self.passages = named.map(\.passage)
    let place = named.indices.dropFirst().first { named[$0 - 1].id == named[$0].id }
    repeated = place.map { (Int(named[$0 - 1].passage), Int(named[$0].passage)) }
  }

  /// The passage that has `wanted`, if one has.
  func passage(_ wanted: ExternalID, id: (Int) throws(ParlanceError) -> ExternalID) throws(ParlanceError) -> Int? {
    let place = try passages.partitionPoint { passage throws(ParlanceError) in try id(Int(passage)) < wanted }
    guard place < passages.count, try id(Int(passages[place])) == wanted else { return nil }
    return Int(passages[place])
  }
}
