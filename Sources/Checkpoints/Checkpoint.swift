public import BinaryFiles
public import Diagnostics
public import WordPiece

/// A SPLADE model on disk, opened and checked: its shape, its tensors, how it pools, its tokenizer's files, its licence.
///
/// ```swift
/// let checkpoint = try Checkpoint(folder: "models/splade-tiny")
/// let embeddings = try checkpoint.floats(.wordEmbeddings)  // V x H
/// ```
///
/// Every parameter that the architecture needs was found with the right shape and a readable type once this is made.
public struct Checkpoint: Sendable {
  /// The folder as the caller named it.
  public let folder: String
  /// What a person calls the model: `owner/name` out of a hub cache, else the folder's name.
  public let name: String
  public private(set) var architecture: Architecture
  public let head: SparseHead
  /// The most tokens of a text that the model's files allow, `[CLS]` and `[SEP]` included.
  public let maxLength: Int
  public let prompts: Prompts
  public let tokenizer: TokenizerFiles
  /// Whether sentence-transformers lower-cases a text before the tokenizer sees it.
  package let lowercasesText: Bool
  public let licence: Licence
  /// The query side of an inference-free model; `nil` where queries go through the encoder as passages do.
  public let staticQueries: StaticQueryWeights?
  /// What a student was distilled for; `nil` for any other model.
  public let student: StudentDeclaration?
  public let tensors: TensorStore
  /// Where what is made of the model's files is kept for the next time.
  public let derived: DerivedFiles
  /// Tensors of the files that the model does not use, such as a pooler; a wrong checkpoint has many.
  public private(set) var unusedTensors: [String]
  private var names: [ParameterRole: String]
  /// The folder of `config.json`, of the weights and of what a student declares.
  let ownFolder: String
  private var querySide = QuerySide.none

  /// Where the encoder of queries is, when it is another one.
  private enum QuerySide: Sendable {
    case none
    case folder(String)
    case layout(SentenceTransformersLayout)
  }

  /// - Parameters:
  ///   - name: what to call the model; found out when `nil`.
  ///   - derived: where what is made of its files is kept for the next time; nowhere by default.
  /// - Throws: `noInput` when a file is missing, `badInput` when one does not say what it should.
  public init(folder: String, name: String? = nil, derived: DerivedFiles = .none) throws(ParlanceError) {
    guard FolderFile.exists(folder) else {
      throw ParlanceError(.noInput, "there is no such model folder", at: .init(file: folder))
    }
    let layout = try SentenceTransformersLayout(folder: folder)
    if let pair = layout.pair {
      let document = folder + "/" + pair.document
      try self.init(
        folder: document, name: name ?? ModelFolderName.hubName(folder) ?? ModelFolderName.lastComponent(folder),
        layout: SentenceTransformersLayout(folder: document), derived: derived)
      querySide = .folder(folder + "/" + pair.query)
      return
    }
    try self.init(folder: folder, name: name, layout: layout, derived: derived)
    if let queries = try layout.queries(folder: folder) { querySide = .layout(queries) }
  }

  private init(
    folder: String, name: String?, layout: SentenceTransformersLayout, derived: DerivedFiles
  ) throws(ParlanceError) {
    self.derived = derived
    let hubName = ModelFolderName.hubName(folder)
    self.folder = folder
    self.name = name ?? hubName ?? ModelFolderName.lastComponent(folder)

    let own = layout.transformerPath.isEmpty ? folder : folder + "/" + layout.transformerPath
    let config = own + "/config.json"
    guard FolderFile.exists(config) else {
      throw ParlanceError(.noInput, "expected a model folder with config.json", at: .init(file: own))
    }
    var architecture = try Architecture(config: try FolderFile.bytes(config), file: config)
    let tensors = try TensorStore(folder: own)
    let names = try Self.resolve(&architecture, in: tensors, folder: own)

    ownFolder = own
    self.architecture = architecture
    self.tensors = tensors
    self.names = names
    let used = Set(names.values)
    unusedTensors = tensors.entries.map(\.name).filter { !used.contains($0) }
    head = layout.head
    prompts = layout.prompts
    let tokenizer = try TokenizerFiles(folder: own)
    self.tokenizer = tokenizer
    lowercasesText = layout.lowercasesText
    maxLength = min(
      layout.maxLength ?? tokenizer.configuration.modelMaxLength ?? architecture.maxPositions, architecture.maxPositions
    )
    let vocabularySize = architecture.vocabularySize
    staticQueries =
      if let path = layout.staticQueryPath {
        try StaticQueryWeights(model: folder, path: path, vocabularySize: vocabularySize)
      } else { nil }
    student = try StudentDeclaration(folder: own, vocabularySize: vocabularySize)
    licence = .find(
      modelCard: FolderFile.text(folder + "/README.md"),
      licenceFile: ["LICENSE", "LICENSE.txt", "LICENSE.md"].lazy.compactMap { FolderFile.text(folder + "/" + $0) }
        .first,
      owner: (name ?? hubName)?.split(separator: "/").first.map(String.init))
  }

  /// Finds the tensor of every parameter and checks its shape.
  private static func resolve(
    _ architecture: inout Architecture, in tensors: TensorStore, folder: String
  ) throws(ParlanceError) -> [ParameterRole: String] {
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: folder)) }
    let embeddings = tensors.entries.map(\.name).filter { $0.hasSuffix(ParameterNames.wordEmbeddings) }
    guard embeddings.count == 1 else {
      throw fault(
        embeddings.isEmpty
          ? "the weights have no word embeddings (…\(ParameterNames.wordEmbeddings)): not a \(architecture.family.rawValue)"
          : "the weights have several word embeddings: \(embeddings.joined(separator: ", "))")
    }
    let names = ParameterNames(family: architecture.family, wordEmbeddings: embeddings[0])
    var resolved: [ParameterRole: String] = [:]
    for role in architecture.parameters {
      let candidates = names.candidates(for: role)
      guard let name = candidates.first(where: { tensors.entry(named: $0) != nil }),
        let entry = tensors.entry(named: name)
      else {
        if role == .decoderWeight, architecture.tiesDecoder {
          resolved[role] = embeddings[0]
          continue
        }
        throw fault("the weights have no `\(candidates[0])`")
      }
      let shape = architecture.shape(of: role)
      guard entry.shape == shape else {
        throw fault("`\(name)` has the shape \(entry.shape); config.json makes it \(shape)")
      }
      guard entry.elementType.isReadableAsFloat else {
        throw fault("`\(name)` is \(entry.elementType.rawValue); weights must be \(ElementType.readable)")
      }
      resolved[role] = name
    }
    // As transformers 5 has it: a decoder that is stored and differs is not tied, whatever config.json says.
    if architecture.tiesDecoder, let decoder = resolved[.decoderWeight], decoder != embeddings[0] {
      architecture.tiesDecoder = try tensors.withBytes(named: decoder) { left, leftType throws(ParlanceError) in
        try tensors.withBytes(named: embeddings[0]) { right, rightType throws(ParlanceError) in
          leftType == rightType && left.elementsEqual(right)
        }
      }
    }
    return resolved
  }

  /// The frozen encoder of a residual student; `nil` for any other model.
  ///
  /// - Throws: as `init`.
  public func frozenPart() throws(ParlanceError) -> Checkpoint? {
    guard student?.residual != nil else { return nil }
    let frozen = ownFolder + "/" + StudentDeclaration.Residual.frozenFolder
    return try Checkpoint(folder: frozen, name: name + "/frozen", derived: derived)
  }

  /// The passage encoder that learned with a student; `nil` for any other model.
  ///
  /// - Throws: as `init`.
  public func passagesPart() throws(ParlanceError) -> Checkpoint? {
    let passages = ownFolder + "/" + StudentDeclaration.passagesFolder
    guard student != nil, FileNames.exists(passages) else { return nil }
    return try Checkpoint(folder: passages, name: name + "/passages", derived: derived)
  }

  /// The encoder of queries of an asymmetric model, whose own is that of passages; `nil` for any other model.
  ///
  /// - Throws: as `init`.
  public func queryPart() throws(ParlanceError) -> Checkpoint? {
    switch querySide {
    case .none: nil
    case .folder(let folder): try Checkpoint(folder: folder, name: name + "/query", derived: derived)
    case .layout(let layout):
      try Checkpoint(folder: folder, name: name + "/query", layout: layout, derived: derived)
    }
  }

  /// The model with its first `layers` layers only, and the head over them: what a smaller student starts from. Dropping the
  /// upper layers of a trained encoder costs least (arXiv 2004.03844).
  ///
  /// - Throws: `badInput` where the model has fewer.
  package func keeping(layers: Int) throws(ParlanceError) -> Checkpoint {
    guard layers > 0, layers <= architecture.layers else {
      throw ParlanceError(
        .badInput, "expected a model with \(layers) layers or more, this one has \(architecture.layers)",
        at: .init(file: folder))
    }
    var smaller = self
    smaller.architecture.layers = layers
    let kept = Set(smaller.architecture.parameters)
    smaller.names = names.filter { kept.contains($0.key) }
    smaller.unusedTensors += names.filter { !kept.contains($0.key) }.values.sorted()
    return smaller
  }

  /// What whoever encodes queries with the model should know, a sentence; `nil` of most.
  package var note: String? {
    let negative = staticQueries?.negativeCount ?? 0
    if negative == 0 { return nil }
    return "\(name) gives \(negative) of its \(architecture.vocabularySize) pieces a weight below 0 in queries: these "
      + "are left out, since a sparse vector has no such weights, and scores differ from sentence-transformers' where a query "
      + "has one"
  }

  /// The text of README.md, where there is one.
  package var modelCard: String? { FolderFile.text(folder + "/README.md") }

  /// What the files call the parameter.
  public func name(of role: ParameterRole) -> String? { names[role] }

  /// The parameter's numbers in row-major order; `architecture.shape(of:)` tells the rows.
  ///
  /// - Throws: `badInput` when the architecture has no such parameter.
  public func floats(_ role: ParameterRole) throws(ParlanceError) -> [Float] {
    guard let name = names[role] else {
      throw ParlanceError(.badInput, "the model has no parameter \(role)", at: .init(file: folder))
    }
    return try tensors.floats(named: name)
  }

  /// Where the parameter's numbers are, when they are stored as 32-bit floats; maybe not aligned.
  ///
  /// - Throws: `badInput` when the architecture has no such parameter.
  package func mappedFloats(_ role: ParameterRole) throws(ParlanceError) -> (file: MappedFile, range: Range<Int>)? {
    guard let name = names[role] else {
      throw ParlanceError(.badInput, "the model has no parameter \(role)", at: .init(file: folder))
    }
    return try tensors.mappedFloats(named: name)
  }

  /// The parameter's stored bytes, not copied; little-endian, maybe not aligned.
  public func withBytes<Result>(
    of role: ParameterRole, _ body: (RawSpan, ElementType) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    guard let name = names[role] else {
      throw ParlanceError(.badInput, "the model has no parameter \(role)", at: .init(file: folder))
    }
    return try tensors.withBytes(named: name, body)
  }
}

/// What a folder's path says about the model in it.
enum ModelFolderName {
  /// `owner/name` of a path in a hub cache: `.../models--owner--name/snapshots/REVISION`.
  static func hubName(_ folder: String) -> String? {
    let parts = folder.split(separator: "/")
    guard parts.count >= 3, parts[parts.count - 2] == "snapshots" else { return nil }
    let repository = parts[parts.count - 3]
    guard repository.hasPrefix("models--") else { return nil }
    let pieces = String(repository.dropFirst("models--".count)).split(separator: "--", maxSplits: 1)
    return pieces.isEmpty ? nil : pieces.joined(separator: "/")
  }

  static func lastComponent(_ folder: String) -> String {
    folder.split(separator: "/").last(where: { $0 != "." }).map(String.init) ?? folder
  }
}
