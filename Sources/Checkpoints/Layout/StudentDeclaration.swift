import BinaryFiles
public import Diagnostics
import StrictJSON

/// What `parlance.json` says of a checkpoint that was distilled: for whose passages, and what is added to its vectors.
///
/// Documentation/formats/student.md describes the file. A folder without it is an ordinary checkpoint.
public struct StudentDeclaration: Sendable, Hashable {
  /// The encoder of the passages that the student's queries are for.
  public var passageSpaceDigest: String
  public var passageSpaceName: String
  /// The conversation form it was trained on, such as `conversation`.
  public var form: String
  /// How many terms a query keeps, the heaviest; all of them when `nil`.
  public var keptTerms: Int?
  /// For each term of the vocabulary the least weight with which a query keeps it; any when `nil`.
  public var leastWeights: [Float]?
  public var residual: Residual?

  /// The folder of a passage encoder that learned together with the student, inside the student's; its vectors are the
  /// passage space that the student declares.
  public static let passagesFolder = "passages"

  /// A student that learned only what the history adds: `query = gate * frozen(last question) + student(conversation)`, either
  /// part times its factors where it has some.
  public struct Residual: Sendable, Hashable {
    /// The folder of the frozen encoder, inside the student's.
    public static let frozenFolder = "frozen"
    /// The file of a gate with one number for each term.
    public static let gateFile = "gate.safetensors"

    public var gate: Gate
    public var factors: TermFactors?

    public init(gate: Gate, factors: TermFactors? = nil) {
      self.gate = gate
      self.factors = factors
    }
  }

  /// How much of the frozen encoder's vector of the last question is in the query.
  public enum Gate: Sendable, Hashable {
    /// One number.
    case scalar(Float)
    /// One number for each term of the vocabulary.
    case terms([Float])
    /// The weight that the student gives to this column for the conversation at hand; the column itself is no term.
    case column(Int)
  }

  public init(
    passageSpaceDigest: String, passageSpaceName: String, form: String, keptTerms: Int? = nil,
    leastWeights: [Float]? = nil, residual: Residual? = nil
  ) {
    self.passageSpaceDigest = passageSpaceDigest
    self.passageSpaceName = passageSpaceName
    self.form = form
    self.keptTerms = keptTerms
    self.leastWeights = leastWeights
    self.residual = residual
  }
}

extension StudentDeclaration {
  /// Whether a query keeps all its terms.
  package var keepsAllTerms: Bool { keptTerms == nil && leastWeights == nil }

  static let fileName = "parlance.json"
  private static let version = 1
  /// Of a student with factors: programs that know nothing of them would give other vectors.
  private static let versionWithFactors = 2
  /// The file of `leastWeights`.
  private static let leastWeightsFile = "least_weights.safetensors"

  /// - Returns: `nil` when the folder has no declaration.
  init?(folder: String, vocabularySize: Int) throws(ParlanceError) {
    let file = folder + "/" + Self.fileName
    guard let node = try FolderFile.jsonIfPresent(file) else { return nil }
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: file)) }
    guard let version = node["parlance_student"]?.integer else {
      throw fault("expected a student's declaration, a number `parlance_student`")
    }
    guard (Self.version...Self.versionWithFactors).contains(version) else {
      throw fault(
        "expected a student's declaration of version \(Self.version) or \(Self.versionWithFactors), found \(version)")
    }
    guard let digest = node["passage_space"]?["digest"]?.string, let name = node["passage_space"]?["name"]?.string,
      let form = node["form"]?.string
    else { throw fault("expected `passage_space` with `digest` and `name`, and `form`") }
    self.init(passageSpaceDigest: digest, passageSpaceName: name, form: form)
    if let kept = node["kept_terms"], !kept.isNull {
      guard let count = kept.integer, count > 0 else { throw fault("`kept_terms` must be a whole number above 0") }
      keptTerms = count
    }
    if let name = node["least_weights"], !name.isNull {
      guard name.string == Self.leastWeightsFile else {
        throw fault("expected \"\(Self.leastWeightsFile)\" as `least_weights`")
      }
      leastWeights = try Self.numbers("least_weights", in: folder + "/" + Self.leastWeightsFile, vocabularySize) {
        $0 >= 0
      }
    }
    guard let own = node["residual"], !own.isNull else { return }
    if let value = own["gate"]?.double, value >= 0, Float(value).isFinite {
      residual = Residual(gate: .scalar(Float(value)))
    } else if let column = own["gate_column"]?.integer, (0..<vocabularySize).contains(column) {
      residual = Residual(gate: .column(column))
    } else if own["gate"]?.string == Residual.gateFile {
      let gate = try Self.numbers("gate", in: folder + "/" + Residual.gateFile, vocabularySize) {
        $0 >= 0 && $0.isFinite
      }
      residual = Residual(gate: .terms(gate))
    } else {
      throw fault(
        "expected `residual` with a number above 0 or \"\(Residual.gateFile)\" as `gate`, or a term as `gate_column`")
    }
    guard let factors = own["factors"], !factors.isNull else { return }
    guard version == Self.versionWithFactors else {
      throw fault("expected a declaration of version \(Self.versionWithFactors) where `residual` has `factors`")
    }
    residual?.factors = try TermFactors(factors, fault)
  }

  /// The numbers of a file with one for each term.
  private static func numbers(
    _ name: String, in path: String, _ vocabularySize: Int, where isValid: (Float) -> Bool
  ) throws(ParlanceError) -> [Float] {
    let store = try TensorStore(files: [SafetensorsFile(path: path)])
    let numbers = try store.floats(named: name)
    guard numbers.count == vocabularySize, numbers.allSatisfy(isValid) else {
      throw ParlanceError(
        .badInput, "expected \(vocabularySize) numbers `\(name)`, none below 0", at: .init(file: path))
    }
    return numbers
  }

  private static func write(_ numbers: [Float], as name: String, to path: String) throws(ParlanceError) {
    let writer = try SafetensorsWriter(path: path, tensors: [.init(name: name, shape: [numbers.count])])
    try writer.append(numbers)
    try writer.finish()
  }

  /// Writes the declaration into a student's folder.
  ///
  /// - Throws: `cannotWrite`.
  public func write(to folder: String) throws(ParlanceError) {
    var json = JSONText()
    json.append(raw: "{\n  \"parlance_student\": ")
    json.append(integer: residual?.factors == nil ? Self.version : Self.versionWithFactors)
    json.append(raw: ",\n  \"passage_space\": {\"digest\": ")
    json.append(string: passageSpaceDigest)
    json.append(raw: ", \"name\": ")
    json.append(string: passageSpaceName)
    json.append(raw: "},\n  \"form\": ")
    json.append(string: form)
    if let keptTerms {
      json.append(raw: ",\n  \"kept_terms\": ")
      json.append(integer: keptTerms)
    }
    if let leastWeights {
      json.append(raw: ",\n  \"least_weights\": ")
      json.append(string: Self.leastWeightsFile)
      try Self.write(leastWeights, as: "least_weights", to: folder + "/" + Self.leastWeightsFile)
    }
    switch residual?.gate {
    case nil: break
    case .scalar(let gate):
      json.append(raw: ",\n  \"residual\": {\"gate\": ")
      json.append(float: gate)
    case .column(let column):
      json.append(raw: ",\n  \"residual\": {\"gate_column\": ")
      json.append(integer: column)
    case .terms(let gate):
      try Self.write(gate, as: "gate", to: folder + "/" + Residual.gateFile)
      json.append(raw: ",\n  \"residual\": {\"gate\": ")
      json.append(string: Residual.gateFile)
    }
    if let factors = residual?.factors {
      json.append(raw: ",\n  \"factors\": ")
      factors.append(to: &json)
    }
    if residual != nil { json.append(raw: "}") }
    json.append(raw: "\n}\n")
    try AtomicFile.write(json.bytes, to: folder + "/" + Self.fileName)
  }
}
