public import Diagnostics

/// Passages one after the other, of files or of whatever a program takes them from, each with its place for errors.
///
///     let passages = try PassageSource(files: ["a.jsonl", "b.jsonl.gz"])
///     while let passage = try passages.next() { … }
public struct PassageSource {
  private let give: () throws(ParlanceError) -> Passage?
  private let place: () -> ParlanceError.Location?

  /// - Parameters:
  ///   - next: called until it gives `nil`.
  ///   - location: where the passage given last came from, if that has a name.
  public init(
    _ next: @escaping () throws(ParlanceError) -> Passage?,
    location: @escaping () -> ParlanceError.Location? = { nil }
  ) {
    give = next
    place = location
  }

  /// Files as `PassageReader` reads them, one behind the other. They are opened at once, so that a missing one is told before
  /// anything is done; ids are not compared.
  ///
  /// - Throws: `noInput`.
  public init(files: [String]) throws(ParlanceError) {
    var readers: [PassageReader] = []
    for path in files { readers.append(try PassageReader(path: path, refusingDuplicates: false)) }
    var rest = readers[...]
    give = { () throws(ParlanceError) in
      while let reader = rest.first {
        if let passage = try reader.next() { return passage }
        rest.removeFirst()
      }
      return nil
    }
    place = { rest.first?.location }
  }

  /// The next passage, or `nil` at the end.
  ///
  /// - Throws: `badInput` that names file and line; `noInput`.
  public func next() throws(ParlanceError) -> Passage? { try give() }

  /// Where the passage given last came from; `nil` where nobody knows.
  public var location: ParlanceError.Location? { place() }
}
