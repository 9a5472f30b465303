import Diagnostics

/// A table of figures for people: rendered as text for the terminal, as Markdown, and as HTML.
///
/// ```swift
/// var table = Table(columns: [.label("run"), .figure("nDCG@3")])
/// table.rows = [["bm25", .figure(0.201, digits: 3)], ["splade", .figure(0.256, digits: 3)]]
/// table.markBest(inColumn: 1, of: [0.201, 0.256])
/// print(table.text(TextStyle(width: 80)))
/// ```
public struct Table: Sendable, Equatable {
  public enum Alignment: Sendable {
    case left
    case right
  }

  public struct Column: Sendable, Equatable {
    public var header: String
    public var alignment: Alignment

    public init(_ header: String, alignment: Alignment) {
      self.header = header
      self.alignment = alignment
    }

    /// A column of names, aligned left; wrapped where the screen is too narrow.
    public static func label(_ header: String) -> Column { Column(header, alignment: .left) }

    /// A column of numbers, aligned right; never broken.
    public static func figure(_ header: String) -> Column { Column(header, alignment: .right) }
  }

  /// What a figure's sign beside it says; `legend` says it in words.
  public enum Mark: Sendable, Hashable, CaseIterable {
    case better
    case worse
    case baseline

    /// The sign; the plain one for screens that show ASCII only.
    public func sign(ascii: Bool) -> String {
      switch self {
      case .better: ascii ? "+" : "▲"
      case .worse: ascii ? "-" : "▼"
      case .baseline: ascii ? "*" : "◦"
      }
    }
  }

  public struct Cell: Sendable, Equatable, ExpressibleByStringLiteral {
    public var text: String
    public var mark: Mark?
    /// Shown bold.
    public var isBest: Bool

    public init(_ text: String, mark: Mark? = nil, isBest: Bool = false) {
      self.text = text
      self.mark = mark
      self.isBest = isBest
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// A number with a fixed number of digits after the point.
    public static func figure(_ value: Double, digits: Int = 3, mark: Mark? = nil) -> Cell {
      Cell(FixedDecimal.text(value, digits: digits), mark: mark)
    }

    /// A count, `41,280`.
    public static func count(_ value: Int) -> Cell { Cell(FixedDecimal.grouped(value)) }
  }

  /// What a mark means in this table.
  public struct LegendEntry: Sendable, Equatable {
    public var mark: Mark
    public var meaning: String

    public init(_ mark: Mark, _ meaning: String) {
      self.mark = mark
      self.meaning = meaning
    }
  }

  public var title: String?
  public var columns: [Column]
  /// How many leading columns say what a row is about; they are repeated where a wide table is cut into blocks.
  public var keyColumns: Int
  /// One cell for each column; a shorter row is filled up with empty cells.
  public var rows: [[Cell]]
  /// What each mark in the table means, in the order shown.
  public var legend: [LegendEntry]
  /// Sentences below the table.
  public var notes: [String]

  public init(title: String? = nil, columns: [Column], rows: [[Cell]] = [], notes: [String] = []) {
    self.title = title
    self.columns = columns
    self.keyColumns = columns.prefix { $0.alignment == .left }.count
    self.rows = rows
    self.legend = []
    self.notes = notes
  }

  /// Marks the greatest of a column's values as the best; all of them when several are shown alike, none when there
  /// are fewer than two rows.
  ///
  /// - Parameter values: one value for each row; `nil` where a row has none.
  public mutating func markBest(inColumn column: Int, of values: [Double?]) {
    guard rows.count > 1, let best = values.compactMap({ $0 }).max(),
      let shown = zip(values, rows).first(where: { $0.0 == best })?.1[column].text
    else { return }
    for row in rows.indices where column < rows[row].count && rows[row][column].text == shown {
      rows[row][column].isBest = true
    }
  }

  /// The same table with the set of turns that it is of at the end of its title, where there is something to tell.
  package func titled(of set: String?) -> Table {
    guard let set else { return self }
    var table = self
    table.title = title.map { "\($0), \(set)" } ?? set
    return table
  }

  func cell(_ row: Int, _ column: Int) -> Cell {
    guard column < rows[row].count else { return Cell("") }
    // Names of runs and turns come from anywhere.
    var cell = rows[row][column]
    cell.text = cell.text.withoutControls
    return cell
  }
}
