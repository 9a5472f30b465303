import BinaryFiles
public import Diagnostics
public import Identifiers
public import SparseVectors

/// What teachers retrieved for many queries, in a mapped file: `NAME.teacher`.
///
///     let teacher = try TeacherFile(path: "llm.teacher")
///     try teacher.check(against: passages)
///     for query in 0..<teacher.count { use(teacher.queryID(at: query), try teacher.list(at: query)) }
///
/// Opening reads the queries' ids; a list is read when it is asked for, by any number of threads.
public final class TeacherFile: Sendable {
  public let path: String
  public var description: TeacherDescription { table.description }

  private let file: SectionedFile
  private let lists: Section
  private let table: TeacherTable

  /// - Throws: `noInput` when there is no such file; `badInput` when it is no `.teacher` file, of a version that cannot be
  ///   read, cut short, or damaged in what is read at opening.
  public init(path: String) throws(ParlanceError) {
    self.path = path
    file = try SectionedFile(path: path, format: TeacherFormat.format)
    table = try TeacherTable(reading: file)
    lists = try file.section(TeacherFormat.lists)
  }

  /// Tells the file from one with other lists, without reading them.
  var fingerprint: String { file.fingerprint.hexadecimal }

  /// How many queries there are.
  public var count: Int { table.ids.count }

  /// - Precondition: `index` is below `count`.
  public func queryID(at index: Int) -> ExternalID { table.ids[index] }

  /// The query that has this id, or `nil`.
  public func index(of id: ExternalID) -> Int? { table.indices[id] }

  /// How long a query's list is, without reading it.
  public func passageCount(at index: Int) -> Int { table.records[index].passages }

  /// Whether the queries count differently in training.
  public var weighsTurns: Bool { table.weights != nil }

  /// How much a query counts in training, above zero: only the ratio to the others' weights means something.
  ///
  /// - Precondition: `index` is below `count`.
  public func weight(at index: Int) -> Float { table.weights?[index] ?? 1 }

  /// The passages for a query, best first; empty where the teachers found nothing.
  ///
  /// - Precondition: `index` is below `count`.
  /// - Throws: `badInput` when the file turns out to be damaged.
  public func list(at index: Int) throws(ParlanceError) -> TeacherList {
    let record = table.records[index]
    let list = TeacherList(
      passages: try numbers(UInt32.self, from: record.start, count: record.passages),
      scores: try numbers(Float.self, from: record.start + record.passages, count: record.passages))
    if let fault = list.fault(passageCount: description.passageCount) { throw damaged(index, fault) }
    return list
  }

  /// The query vector that the scores of a query come from, `nil` in a file that has none: any passage of the collection
  /// can be scored with it, those outside of the list as well.
  ///
  /// - Precondition: `index` is below `count`.
  /// - Throws: `badInput` when the file turns out to be damaged.
  public func queryVector(at index: Int) throws(ParlanceError) -> SparseVector? {
    guard description.hasQueryVectors else { return nil }
    let record = table.records[index]
    let start = record.start + 2 * record.passages
    let terms = try numbers(UInt32.self, from: start, count: record.terms)
    let weights = try numbers(Float.self, from: start + record.terms, count: record.terms)
    guard let vector = SparseVector(exactly: terms.map { TermID($0) }, weights: weights),
      terms.last.map({ Int($0) < description.vocabularySize }) ?? true
    else { throw damaged(index, "expected ascending terms of the vocabulary with weights above zero") }
    return vector
  }

  /// Asks for the passages that were ranked: positions mean nothing in another list, and look as if they did.
  ///
  /// - Throws: `badInput` for the vectors of other passages, of the same in another order, or of another encoder.
  public func check(against passages: VectorsFile) throws(ParlanceError) {
    guard passages.count == description.passageCount, passages.idDigest.hexadecimal == description.passageIDs else {
      throw ParlanceError(
        .badInput,
        "expected the vectors of the \(description.passageCount) passages that were ranked (ids "
          + "\(description.passageIDs.prefix(12))), \(passages.path) has \(passages.count) others (ids "
          + "\(passages.idDigest.hexadecimal.prefix(12))); use the .vectors file that the teacher was made with",
        at: .init(file: path))
    }
    let found = passages.description
    guard found.passageSpace == description.passageSpace, found.vocabulary.digest == description.vocabularyDigest else {
      throw ParlanceError(
        .badInput,
        "expected passages encoded by \(description.passageSpace), \(passages.path) is by \(found.passageSpace); make "
          + "the teacher anew with these vectors", at: .init(file: path))
    }
  }

  /// Checks every byte, so that a damaged file is found before it is worked with.
  ///
  /// - Throws: `badInput` that names the first damaged part; `interrupted`.
  func checkBytes(progress: ProgressHandler?, interruption: Interruption?) throws(ParlanceError) {
    try file.verify(progress: progress, interruption: interruption)
  }

  /// Checks every byte, every list and every vector.
  ///
  /// - Throws: `badInput` that names the first damaged part; `interrupted`.
  public func verify(progress: ProgressHandler? = nil, interruption: Interruption? = nil) throws(ParlanceError) {
    try file.verify(progress: progress, interruption: interruption)
    for index in 0..<count {
      let list = try list(at: index)
      guard Set(list.passages).count == list.count else { throw damaged(index, "expected each passage once") }
      _ = try queryVector(at: index)
      if index.isMultiple(of: 1024) { try interruption?.check() }
    }
  }

  private func numbers<Number: BitwiseCopyable>(
    _ type: Number.Type, from start: Int, count: Int
  ) throws(ParlanceError) -> [Number] {
    let lists = lists
    let bytes = try lists.bytes(in: 4 * start..<4 * (start + count))
    var numbers: [Number] = []
    numbers.reserveCapacity(count)
    for place in 0..<count { numbers.append(bytes.load(type, at: 4 * place)) }
    return numbers
  }

  private func damaged(_ index: Int, _ what: String) -> ParlanceError {
    ParlanceError(
      .badInput, "the file is damaged: \(what); make it anew or copy it again",
      at: .init(file: path, component: "query \"\(queryID(at: index))\""))
  }
}
