import BinaryFiles
import Diagnostics

/// Sorts rows of which memory may not hold all: full buffers are sorted and written to a scratch file.
///
///     var sorter = RowSorter<Row>(memory: limit, scratch: scratch)
///     try sorter.append(row)
///     try sorter.finish().forEach { row throws(ParlanceError) in … }
struct RowSorter<Row: BitwiseCopyable & Comparable & Sendable> {
  private let limit: Int
  private let scratch: BuildScratch?
  private var rows: [Row] = []
  private var runs: [SortedRows<Row>.Run] = []

  /// - Parameters:
  ///   - memory: how many bytes of rows are kept in memory.
  ///   - scratch: where the others go; without it all stay in memory.
  init(memory: Int = .max, scratch: BuildScratch? = nil) {
    limit = scratch == nil ? .max : max(1, memory / MemoryLayout<Row>.stride)
    self.scratch = scratch
  }

  /// - Throws: `cannotWrite`.
  mutating func append(_ row: Row) throws(ParlanceError) {
    rows.append(row)
    if rows.count >= limit { try spill() }
  }

  /// Brings the rows that are in memory to the file.
  private mutating func spill() throws(ParlanceError) {
    guard let scratch, !rows.isEmpty else { return }
    rows.sort()
    let pages = stride(from: 0, to: rows.count, by: SortedRows<Row>.pageSize).map { rows[$0] }
    let file = try scratch.file()
    var bytes: [UInt8] = []
    bytes.append(bytesOf: rows.span)
    let place = try file.append(bytes.rawSpan)
    runs.append(.init(file: file, start: place.lowerBound, count: rows.count, pages: pages))
    rows.removeAll(keepingCapacity: true)
  }

  /// Gives all rows; the sorter has none then, and may take others.
  mutating func finish() -> SortedRows<Row> {
    rows.sort()
    defer { (runs, rows) = ([], []) }
    return SortedRows(runs: runs, rest: rows)
  }
}

/// Rows in ascending order, most of them in a scratch file.
struct SortedRows<Row: BitwiseCopyable & Comparable & Sendable>: Sendable {
  /// Rows that are sorted among themselves.
  struct Run: Sendable {
    let file: ScratchFile
    let start: Int
    let count: Int
    /// The first row of each page.
    let pages: [Row]

    func page(_ number: Int) throws(ParlanceError) -> [Row] {
      let size = MemoryLayout<Row>.stride
      let first = number * pageSize
      let bytes = try file.read(start + size * first..<start + size * min(count, first + pageSize))
      return stride(from: 0, to: bytes.count, by: size).map { bytes.rawSpan.load(Row.self, at: $0) }
    }
  }

  /// How many rows are read at once.
  static var pageSize: Int { 1024 }

  let runs: [Run]
  let rest: [Row]

  /// Gives all rows, ascending, equal ones in the order of their runs; as often as one likes.
  ///
  /// - Complexity: for each row a comparison or two for each doubling of the number of runs.
  func forEach(_ body: (Row) throws(ParlanceError) -> Void) throws(ParlanceError) {
    var heap = try CursorHeap(runs, rest)
    while let row = heap.first {
      try body(row)
      try heap.advance()
    }
  }

  /// Gives the rows from `first` on, in ascending order within each run, until `body` says that those of a run are enough.
  ///
  /// - Parameter body: returns whether the next row of the run is wanted.
  func scan(from first: Row, _ body: (Row) throws(ParlanceError) -> Bool) throws(ParlanceError) {
    for run in runs {
      let page = max(0, run.pages.partitionPoint { $0 < first } - 1)
      var cursor = Cursor(run, try run.page(page), number: page)
      var isLeft = true
      while isLeft, cursor.row < first { isLeft = try cursor.advance() }
      while isLeft, try body(cursor.row) { isLeft = try cursor.advance() }
    }
    for place in rest.partitionPoint(where: { $0 < first })..<rest.count {
      guard try body(rest[place]) else { return }
    }
  }

  /// The runs that have rows left: a binary heap of their numbers, the run whose next row is the least at the top.
  private struct CursorHeap {
    private var cursors: [Cursor] = []
    private var heap: [Int] = []

    init(_ runs: [Run], _ rest: [Row]) throws(ParlanceError) {
      for run in runs { cursors.append(Cursor(run, try run.page(0))) }
      if !rest.isEmpty { cursors.append(Cursor(nil, rest)) }
      heap = Array(cursors.indices)
      for place in heap.indices.prefix(heap.count / 2).reversed() { sink(place) }
    }

    /// The least row that is left.
    var first: Row? { heap.first.map { cursors[$0].row } }

    /// Goes on behind `first`, which is there.
    mutating func advance() throws(ParlanceError) {
      let isLeft = try cursors[heap[0]].advance()
      if !isLeft {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
      }
      sink(0)
    }

    /// Brings the run at `top` below those that come before it.
    private mutating func sink(_ top: Int) {
      var place = top
      while true {
        var least = place
        let child = 2 * place + 1
        if child < heap.count, comes(heap[child], before: heap[least]) { least = child }
        if child + 1 < heap.count, comes(heap[child + 1], before: heap[least]) { least = child + 1 }
        guard least != place else { return }
        heap.swapAt(place, least)
        place = least
      }
    }

    /// Of equal rows that of the earlier run does.
    private func comes(_ one: Int, before other: Int) -> Bool {
      one < other ? !(cursors[other].row < cursors[one].row) : cursors[one].row < cursors[other].row
    }
  }

  private struct Cursor {
    let run: Run?
    var rows: [Row]
    var number: Int
    var place = 0

    init(_ run: Run?, _ rows: [Row], number: Int = 0) {
      self.run = run
      self.rows = rows
      self.number = number
    }

    var row: Row { rows[place] }

    /// - Returns: false at the end.
    mutating func advance() throws(ParlanceError) -> Bool {
      place += 1
      if place < rows.count { return true }
      guard let run, number + 1 < run.pages.count else { return false }
      number += 1
      rows = try run.page(number)
      place = 0
      return true
    }
  }
}
