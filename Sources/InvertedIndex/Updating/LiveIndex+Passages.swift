public import Conversations
public import Diagnostics
public import Identifiers
public import SparseVectors

/// A passage with its vector.
public struct EncodedPassage: Sendable, Hashable {
  public var passage: Passage
  public var vector: SparseVector

  public init(passage: Passage, vector: SparseVector) {
    self.passage = passage
    self.vector = vector
  }
}

/// What a change did.
public struct IndexChange: Sendable, Hashable {
  /// Passages that are new.
  public var added = 0
  /// Passages whose id was there, and which took the place of what it stood for.
  public var replaced = 0
  /// Passages that are gone.
  public var deleted = 0
}

extension LiveIndex {
  /// Adds passages, or replaces those whose id is there: in one step, all of them or none.
  ///
  /// Each call makes a segment, so that many passages at once are better than one after the other.
  ///
  /// - Parameters:
  ///   - passages: each id once.
  ///   - encoder: what made their vectors; it has to be the encoder of the passages that are there.
  /// - Throws: `badInput` for another encoder and for vectors that cannot be indexed, `usage` for an index of BM25 weights or one
  ///   that keeps the heaviest terms of each passage only, `tryAgain` while another process writes, `cannotWrite`, `interrupted`.
  @discardableResult
  public func add(
    _ passages: [EncodedPassage], by encoder: EncoderIdentity, interruption: Interruption? = nil
  ) throws(ParlanceError) -> IndexChange {
    var rest = passages[...]
    let keepsTexts = snapshot.hasTexts
    return try add(
      EncodedPassages(passages: passages), by: encoder,
      texts: keepsTexts ? PassageSource { () throws(ParlanceError) in rest.popFirst()?.passage } : nil,
      interruption: interruption)
  }

  /// The same for vectors from files and their texts.
  ///
  /// - Parameters:
  ///   - keptTerms: how many terms of each passage were kept, the heaviest; has to be as in the index.
  ///   - texts: gives the text of each passage once, in any order; needed where the index has texts.
  /// - Throws: as the other, `usage` also for other `keptTerms` and for texts where the index has none or the other way round.
  @discardableResult
  public func add(
    _ vectors: some PassageVectors, by encoder: EncoderIdentity, keptTerms: Int? = nil, texts: PassageSource? = nil,
    progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) -> IndexChange {
    try refresh()
    try checkKind()
    try check(encoder, keptTerms: keptTerms, hasTexts: texts != nil)
    let segment = try NewSegment(
      of: vectors, vocabularySize: snapshot.manifest.vocabularySize, configuration: configuration, folder: path,
      progress: progress, interruption: interruption)
    if vectors.count == 0 { return IndexChange() }
    return try change { folder throws(ParlanceError) in
      // Another process may have built another index meanwhile.
      try check(encoder, keptTerms: keptTerms, hasTexts: texts != nil)
      var parts = Self.parts(of: snapshot)
      let replaced = try delete(vectors.count, from: &parts) { index throws(ParlanceError) in
        try vectors.id(at: index)
      }
      let generation = folder.begin()
      do throws(ParlanceError) {
        try folder.checkPlace()
        try segment.checkRoom(in: folder, generation)
        let written = try segment.write(
          texts: texts, to: folder, generation, progress: progress, interruption: interruption)
        try interruption?.check()
        try commit(parts + [(written, [])], in: folder, generation)
      } catch {
        folder.removeFiles(of: generation)
        throw error
      }
      return IndexChange(added: vectors.count - replaced, replaced: replaced)
    }
  }

  /// Deletes the passages with these ids, in one step; an id that is not there is passed over.
  ///
  /// Passages are only marked as deleted until `merge()`. In an index of BM25 weights those of other passages stay what they were.
  ///
  /// - Complexity: each call writes and reads the list of all deleted passages, and a bit for each passage of a segment with one: delete
  ///   many at once.
  /// - Throws: `tryAgain` while another process writes, `cannotWrite`, `badInput` for a damaged index.
  @discardableResult
  public func delete(_ ids: [ExternalID]) throws(ParlanceError) -> IndexChange {
    try change { folder throws(ParlanceError) in
      var parts = Self.parts(of: snapshot)
      let deleted = try delete(ids.count, from: &parts) { index in ids[index] }
      guard deleted > 0 else { return IndexChange() }
      let generation = folder.begin()
      do throws(ParlanceError) {
        try commit(parts, in: folder, generation)
      } catch {
        folder.removeFiles(of: generation)
        throw error
      }
      return IndexChange(deleted: deleted)
    }
  }

  /// Adds the passages with `count` ids to the deleted ones.
  ///
  /// - Returns: how many there were.
  private func delete(
    _ count: Int, from parts: inout [(segment: IndexManifest.Segment, deleted: [UInt32])],
    _ id: (Int) throws(ParlanceError) -> ExternalID
  ) throws(ParlanceError) -> Int {
    let index = snapshot
    var found: [Set<UInt32>] = parts.map { _ in [] }
    for number in 0..<count {
      guard let document = try index.document(for: id(number)) else { continue }
      let (segment, number) = try index.place(of: document)
      found[segment].insert(UInt32(number))
    }
    for segment in parts.indices where !found[segment].isEmpty {
      parts[segment].deleted = (parts[segment].deleted + found[segment]).sorted()
    }
    return found.reduce(0) { $0 + $1.count }
  }

  /// Looks whether passages could be added, before anybody makes their vectors.
  ///
  /// - Throws: `badInput` for another vocabulary; otherwise as `add`.
  public func check(
    _ encoder: EncoderIdentity, vocabularyDigest: String, keptTerms: Int?, hasTexts: Bool
  ) throws(ParlanceError) {
    try checkTakesPassages()
    guard vocabularyDigest == snapshot.manifest.vocabularyDigest else {
      throw snapshot.otherVocabulary(vocabularyDigest, ofThe: "vectors", by: encoder)
    }
    try check(encoder, keptTerms: keptTerms, hasTexts: hasTexts)
  }

  private func checkTakesPassages() throws(ParlanceError) {
    guard snapshot.bm25 == nil else {
      throw ParlanceError(
        .usage,
        "BM25 weighs each word by the whole collection, so that passages cannot be added; build the index anew",
        at: .init(file: path))
    }
  }

  func check(_ encoder: EncoderIdentity, keptTerms: Int?, hasTexts: Bool) throws(ParlanceError) {
    let index = snapshot
    try checkTakesPassages()
    guard encoder == index.passageSpace else {
      throw ParlanceError(
        .badInput,
        "expected vectors of \(index.passageSpace), which encoded the passages, found those of \(encoder)"
          + index.noteOnSettings(of: encoder), at: .init(file: path))
    }
    guard keptTerms == index.manifest.keptTerms else {
      func words(_ kept: Int?) -> String { kept.map { "the \($0) heaviest terms" } ?? "all terms" }
      throw ParlanceError(
        .usage,
        "expected \(words(index.manifest.keptTerms)) of each passage, as in the index, found \(words(keptTerms))",
        at: .init(file: path))
    }
    guard hasTexts == index.hasTexts || index.segments.isEmpty else {
      throw ParlanceError(
        .usage,
        index.hasTexts
          ? "the index has the texts of its passages; give those of the new ones as well"
          : "the index was built without texts; leave them out, or build it anew with texts", at: .init(file: path))
    }
  }
}

/// Encoded passages as what an index is built from.
private struct EncodedPassages: PassageVectors {
  let passages: [EncodedPassage]

  var count: Int { passages.count }
  func location(of index: Int) -> ParlanceError.Location { .init(file: "passages", component: "passage \(index)") }
  func id(at index: Int) throws(ParlanceError) -> ExternalID { passages[index].passage.id }
  func vector(at index: Int) throws(ParlanceError) -> SparseVector { passages[index].vector }
}
