import Conversations
import Identifiers
import StrictJSON
import StrictJSON

/// Cuts documents into passages of a useful size along their own structure, under ids that survive small changes.
///
/// A passage never crosses a heading. Within a section the cut is the cheapest of all: each passage costs the square of
/// its relative distance from the target size, each cut what is lost by it (nothing before an entry of a definition
/// list, much between a sentence that ends in a colon and what it announces). A sentence is cut only where it alone is
/// longer than the maximum.
public struct PassageSplitter: Sendable, Hashable {
  /// The words that a passage should have.
  public var targetWords: Int
  /// The words that a passage never exceeds.
  public var maximumWords: Int

  /// The defaults give about 120 of BERT's pieces a passage on technical documentation, whose words are long.
  /// - Parameters:
  ///   - targetWords: at least 1.
  ///   - maximumWords: at least `targetWords`.
  public init(targetWords: Int = 60, maximumWords: Int = 120) {
    self.targetWords = max(1, targetWords)
    self.maximumWords = max(self.targetWords, maximumWords)
  }

  /// - Parameter path: the document's place below the collection's folder; ids begin with it.
  func passages(of document: StructuredDocument, path: String) -> [Passage] {
    var names = IDNames(path: path)
    return document.sections.flatMap { section in
      let atoms = Atom.atoms(of: section.blocks, maximumWords: maximumWords)
      return cuts(of: atoms).compactMap { range in
        passage(of: atoms[range], section: section, document: document, path: path, names: &names)
      }
    }
  }

  private func passage(
    of atoms: ArraySlice<Atom>, section: DocumentSection, document: StructuredDocument, path: String,
    names: inout IDNames
  ) -> Passage? {
    guard let first = atoms.first else { return nil }
    var text = first.text
    for atom in atoms.dropFirst() { text += atom.separator + atom.text }
    guard text.unicodeScalars.contains(where: { $0.properties.isAlphabetic || $0.properties.numericType != nil }) else {
      return nil
    }
    let continued = first.beginsTerm ? nil : first.term
    let headings = [document.title] + section.headings + (continued.map { [$0] } ?? [])
    return Passage(
      id: ExternalID(names.next(anchor: section.anchor, term: first.term)),
      title: headings.joined(separator: " > "), text: text,
      metadata: [
        "source": .string(path), "section": .string(section.headings.joined(separator: " > ")),
      ])
  }

  /// The cheapest way to cut the atoms, by dynamic programming over the passage that ends at each atom.
  private func cuts(of atoms: [Atom]) -> [Range<Int>] {
    var costs = [0.0]
    var starts = [0]
    for end in atoms.indices.map({ $0 + 1 }) {
      var (best, bestStart) = (Double.infinity, end - 1)
      var words = 0
      for start in stride(from: end - 1, through: 0, by: -1) {
        words += atoms[start].words
        if words > maximumWords, start < end - 1 { break }
        let cost = costs[start] + sizeCost(words) + (start > 0 ? atoms[start].breakCost : 0)
        if cost < best { (best, bestStart) = (cost, start) }
      }
      costs.append(best)
      starts.append(bestStart)
    }
    var ranges: [Range<Int>] = []
    var end = atoms.count
    while end > 0 {
      ranges.append(starts[end]..<end)
      end = starts[end]
    }
    return ranges.reversed()
  }

  private func sizeCost(_ words: Int) -> Double {
    let distance = Double(words) / Double(targetWords) - 1
    return distance * distance
  }
}

/// Hands out the ids of one document's passages.
private struct IDNames {
  private let path: String
  private var used: [String: Int] = [:]

  init(path: String) {
    self.path = Anchor.escaped(path)
  }

  /// `path#anchor`, `path#anchor/term` inside a definition, and `.2`, `.3` … for further parts of the same.
  mutating func next(anchor: String, term: String?) -> String {
    var name = path
    if !anchor.isEmpty { name += "#" + anchor }
    if let term { name += (anchor.isEmpty ? "#/" : "/") + Anchor(term: term).name }
    var id = name
    repeat {
      used[name, default: 0] += 1
      if let count = used[name], count > 1 { id = "\(name).\(count)" }
    } while id != name && used[id] != nil
    if id != name { used[id] = 1 }
    return id
  }
}
