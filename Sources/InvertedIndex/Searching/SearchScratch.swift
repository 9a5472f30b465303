import CKernels
import Synchronization

/// What one search works in, kept from one search to the next: a sum for each passage of a range, and room for what is found
/// out on the way.
@safe final class SearchScratch: @unchecked Sendable {
  /// The most passages of a range.
  static let passages = Int(PARLANCE_POSTINGS_MOST_PASSAGES)

  /// One for each passage of a range; whole numbers, or the bits of floats.
  let sums: UnsafeMutablePointer<Int32>
  /// Room for one number for each sum.
  let maxima: UnsafeMutablePointer<Int32>
  /// Numbers of passages whose sums are great enough.
  let found: UnsafeMutablePointer<UInt16>
  /// The postings of the query's terms in a range: those whose passages are bits, or all.
  private(set) var rows: UnsafeMutablePointer<parlance_postings_row>
  /// Those whose passages are numbers, where these are kept apart.
  private(set) var lists: UnsafeMutablePointer<parlance_postings_row>
  /// For each term of the query its row in a range.
  private(set) var places: UnsafeMutablePointer<RangeRow>
  private var rowCapacity = 256

  init() {
    unsafe sums = Self.room(for: Int32.self)
    unsafe maxima = Self.room(for: Int32.self)
    unsafe found = Self.room(for: UInt16.self)
    unsafe rows = .allocate(capacity: rowCapacity)
    unsafe lists = .allocate(capacity: rowCapacity)
    unsafe places = .allocate(capacity: rowCapacity)
  }

  deinit {
    unsafe sums.deallocate()
    unsafe maxima.deallocate()
    unsafe found.deallocate()
    unsafe rows.deallocate()
    unsafe lists.deallocate()
    unsafe places.deallocate()
  }

  /// Makes room for the rows of so many terms; what was in them is lost.
  func reserve(terms: Int) {
    guard terms > rowCapacity else { return }
    rowCapacity = terms
    unsafe rows.deallocate()
    unsafe lists.deallocate()
    unsafe places.deallocate()
    unsafe rows = .allocate(capacity: rowCapacity)
    unsafe lists = .allocate(capacity: rowCapacity)
    unsafe places = .allocate(capacity: rowCapacity)
  }

  private static func room<Value: BitwiseCopyable>(for type: Value.Type) -> UnsafeMutablePointer<Value> {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: passages * MemoryLayout<Value>.stride, alignment: 64)
    return unsafe bytes.bindMemory(to: type, capacity: passages)
  }
}

/// Scratch that no search is using: as much as there ever were searches at once.
final class IdleScratch: Sendable {
  private let idle = Mutex<[SearchScratch]>([])

  func take() -> SearchScratch { idle.withLock { $0.popLast() } ?? SearchScratch() }
  func put(_ scratch: SearchScratch) { idle.withLock { $0.append(scratch) } }
}
