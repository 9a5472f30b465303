import BinaryFiles
public import Conversations
public import Diagnostics
public import Identifiers
public import SparseVectors
import Synchronization

/// A collection of passages that can be searched by sparse vectors, exactly, from mapped files.
///
///     let index = try InvertedIndex(path: "index")
///     let answer = try index.search(query, k: 10)
///     for hit in answer.hits { print(try index.id(of: hit.document), hit.score) }
///
/// One index serves any number of threads. It stays what it was when it was opened, even when another process builds it
/// anew meanwhile.
public final class InvertedIndex: Sendable {
  public let path: String
  /// How weights are kept.
  public var weights: StoredWeights { manifest.weights }
  /// The number of passages, without those that were deleted.
  public var count: Int { manifest.livePassages }
  /// How many passages were deleted and are still in the files: `LiveIndex.merge` drops them. The numbers of documents are
  /// below `count + deletedCount`.
  public var deletedCount: Int { manifest.passages - manifest.livePassages }
  /// Those that are deleted included: what `passageCount(with:)` counts among.
  public var storedCount: Int { manifest.passages }
  /// The encoder whose passage vectors were indexed.
  public var passageSpace: EncoderIdentity { manifest.passageSpace }
  /// How words are weighed, where the index holds BM25's weights.
  public var bm25: BM25Configuration? { manifest.bm25 }
  /// Whether every passage has its text inside; also where no passage is left.
  public var hasTexts: Bool { manifest.segments.allSatisfy(\.hasTexts) }

  let manifest: IndexManifest
  let manifestBytes: Int
  let manifestStamp: FileStamp
  let segments: [IndexSegment]
  let vocabularyFile: SectionedFile
  private let exactSearch: ExactSearch
  private let loadedVocabulary: Mutex<Vocabulary?>

  /// Opens the index in the folder `path`: manifest and tables are checked, postings and texts when they are first read.
  ///
  /// - Throws: `noInput` when there is no index; `badInput` when it is damaged or of a version that cannot be read.
  public convenience init(path: String) throws(ParlanceError) {
    try self.init(path: path, reusing: nil)
  }

  /// The index as it is now, which takes over from an earlier one what is still the same: mappings, what was checked and read
  /// of them, and what searches work in.
  init(path: String, reusing earlier: InvertedIndex?) throws(ParlanceError) {
    let files = try Files(path, reusing: earlier)
    self.path = path
    manifest = files.manifest
    manifestBytes = files.manifestBytes
    manifestStamp = files.manifestStamp
    vocabularyFile = files.vocabulary
    segments = files.segments
    exactSearch = earlier?.exactSearch ?? ExactSearch()
    let known = earlier.flatMap { earlier in
      earlier.vocabularyFile === files.vocabulary ? earlier.loadedVocabulary.withLock { $0 } : nil
    }
    loadedVocabulary = Mutex(known)
  }

  /// The best `k` passages for `query`: exactly those that scoring every passage would give, unless an approximation is asked
  /// for.
  ///
  /// - Parameters:
  ///   - query: terms of this index's vocabulary. Whether the query's encoder fits is asked by `accepts`.
  ///   - filter: which passages may be found; the best `k` of those are.
  ///   - approximation: what may be left out; the answer is exact when `nil`.
  ///   - method: how to go through postings; what is found is the same.
  ///   - interruption: looked at between the ranges of passages, for a large index that comes from a slow disk.
  /// - Throws: `usage` for a `k` below 1 and for terms outside of the vocabulary; `badInput` when the index turns out to
  ///   be damaged, and for a score that float32 cannot hold; `unavailable` for a filter where the index was built without
  ///   texts; `interrupted`.
  /// - Complexity: one addition for each posting of the query's terms at most; of weights in bytes, where k passages are known,
  ///   terms are left out that are in many passages and add little. Ranges of passages of which none fits are skipped.
  public func search(
    _ query: SparseVector, k: Int, filter: PassageFilter? = nil, approximation: Approximation? = nil,
    method: SearchMethod = .fastest, interruption: Interruption? = nil
  ) throws(ParlanceError) -> SearchAnswer {
    try search(
      query, k: k, filter: filter, approximation: approximation,
      splitting: method == .fastest ? .standard : .never, interruption: interruption)
  }

  func search(
    _ query: SparseVector, k: Int, filter: PassageFilter?, approximation: Approximation?,
    splitting: TermSplitting.Rule, interruption: Interruption?
  ) throws(ParlanceError) -> SearchAnswer {
    guard k >= 1 else { throw ParlanceError(.usage, "expected k of at least 1, found \(k)") }
    let prepared = try PreparedQuery(
      query, segments: segments.map(\.postings), vocabularySize: manifest.vocabularySize)
    var answer = SearchAnswer(
      hits: [], weights: weights, postingsTouched: 0, queryTerms: query.count,
      matchedTerms: prepared.terms.count)
    var masks = segments.map { segment in segment.live.map { [$0] } ?? [] }
    if let filter {
      var allowed = 0
      for (index, segment) in segments.enumerated() {
        var mask = try segment.mask(of: filter, interruption: interruption)
        if let live = segment.live { mask.formIntersection(live) }
        masks[index] = [mask]
        allowed += mask.count
      }
      answer.passagesAllowed = allowed
    }
    guard !prepared.terms.isEmpty else { return answer }
    let k = min(k, count)
    let scanned = approximation?.scannedTerms(of: prepared)
    let found: (hits: [Hit], work: ScanWork)
    // An answer for which nothing was left out is exact.
    if let approximation, let scanned, scanned.count < prepared.terms.count {
      answer.approximation = approximation
      found = try exactSearch.run(
        prepared, scanning: scanned, candidates: min(count, approximation.candidates(for: k)), k: k, in: segments,
        masks: masks, splitting: splitting, interruption: interruption)
    } else {
      found = try exactSearch.run(
        prepared, k: k, in: segments, masks: masks, splitting: splitting, interruption: interruption)
    }
    answer.hits = found.hits
    answer.tell(found.work, of: prepared, splitting: splitting)
    try checkScores(of: answer, query)
    return answer
  }

  /// A sum that is too great for its bits is without end, and so the best of all.
  ///
  /// - Throws: `badInput` naming the passage.
  private func checkScores(of answer: SearchAnswer, _ query: SparseVector) throws(ParlanceError) {
    guard let best = answer.hits.first, !best.score.isFinite else { return }
    let (passage, greatest) = (try id(of: best.document), query.weights.max() ?? 0)
    throw ParlanceError(
      .badInput,
      "expected scores up to \(Float.greatestFiniteMagnitude), that of the passage \"\(passage)\" overflows; the query's heaviest "
        + "term weighs \(greatest): make the weights of queries or of passages smaller", at: .init(file: path))
  }

  /// The names of the fields that passages have, which filters may ask of, ascending by their bytes; none for an index of before
  /// there were columns, whose first search with a filter reads all texts.
  ///
  /// - Throws: `badInput` for a damaged index.
  public func metadataFields() throws(ParlanceError) -> [String] {
    var names: Set<ExternalID> = []
    for segment in segments {
      for name in try segment.documents.columns?.names() ?? [] { names.insert(ExternalID(name)) }
    }
    return names.sorted().map(\.string)
  }

  /// Whether filters are answered from columns, which indexes have since version 1.1 of their passages files.
  public var hasMetadataColumns: Bool { segments.allSatisfy { $0.documents.columns != nil } }

  /// The instructions that add up postings on this machine, such as `avx512`.
  public static var instructions: String { PostingsKernel.standard.name }

  /// What the terms are, read when first asked for.
  ///
  /// - Throws: `badInput` when it turns out to be damaged.
  public func vocabulary() throws(ParlanceError) -> Vocabulary {
    try loadedVocabulary.withLock { loaded throws(ParlanceError) in
      if let loaded { return loaded }
      let vocabulary = try IndexVocabulary.read(vocabularyFile, expecting: manifest)
      loaded = vocabulary
      return vocabulary
    }
  }

  /// How many passages have the term, deleted ones that are still in the files among them; 0 for one that the vocabulary does
  /// not have.
  ///
  /// - Throws: `badInput` for a damaged index.
  public func passageCount(with term: TermID) throws(ParlanceError) -> Int {
    guard Int(term.rawValue) < manifest.vocabularySize else { return 0 }
    var count = 0
    for segment in segments { count += Int(try segment.postings.statistics(of: term).passages) }
    return count
  }

  /// The id of a passage.
  ///
  /// - Throws: `usage` for a document that the index does not have; `badInput` for a damaged index.
  public func id(of document: DocumentID) throws(ParlanceError) -> ExternalID {
    let (segment, number) = try place(of: document)
    return try segments[segment].documents.id(at: number)
  }

  /// The passage that has `id`, or `nil` where none has or it was deleted.
  ///
  /// - Throws: `badInput` for a damaged index.
  public func document(for id: ExternalID) throws(ParlanceError) -> DocumentID? {
    for segment in segments {
      if let number = try segment.documents.passage(id), segment.isLive(number) {
        return DocumentID(segment.firstDocument + UInt32(number))
      }
    }
    return nil
  }

  /// A passage with its title, text and metadata.
  ///
  /// - Throws: `unavailable` when the index was built without texts; otherwise as `id(of:)`.
  public func passage(of document: DocumentID) throws(ParlanceError) -> Passage {
    let (segment, number) = try place(of: document)
    guard let passage = try segments[segment].documents.text(at: number) else {
      throw ParlanceError(
        .unavailable, "the index was built without texts; build it with texts to have them",
        at: .init(file: path))
    }
    return passage
  }

  /// The number of the segment that has `document`, and the passage's number there.
  func place(of document: DocumentID) throws(ParlanceError) -> (segment: Int, number: Int) {
    for (index, segment) in segments.enumerated()
    where Int(document.rawValue) < Int(segment.firstDocument) + segment.passages {
      return (index, Int(document.rawValue - segment.firstDocument))
    }
    throw ParlanceError(
      .usage, "expected a document below \(manifest.passages), found \(document.rawValue)", at: .init(file: path))
  }
}
