package import BinaryFiles
public import Diagnostics
import StrictJSON

/// The tensors of a model, in one safetensors file or in several with an index.
public struct TensorStore: Sendable {
  /// The files in the order of their names.
  public let files: [SafetensorsFile]
  private let places: [String: (file: Int, entry: SafetensorsHeader.Entry)]

  /// What PyTorch's own weights are called, which are not read.
  package static let pickles = ["pytorch_model.bin", "pytorch_model.bin.index.json"]

  /// The Python that writes a model of sentence-transformers anew, with weights that are read.
  package static func conversion(ofModules model: String) -> String {
    "from sentence_transformers import SparseEncoder; SparseEncoder('\(model)').save_pretrained('DIR')"
  }

  /// Opens `model.safetensors`, or the shards that `model.safetensors.index.json` names.
  ///
  /// - Throws: `noInput` when there are no weights; with only pickled weights it says how to convert them.
  public init(folder: String) throws(ParlanceError) {
    try self.init(
      folder: folder,
      conversion: "from transformers import AutoModelForMaskedLM; "
        + "AutoModelForMaskedLM.from_pretrained('\(folder)').save_pretrained('\(folder)', safe_serialization=True)")
  }

  /// - Parameter conversion: the Python that writes weights that are read, for when there are only pickled ones.
  init(folder: String, conversion: String) throws(ParlanceError) {
    let single = folder + "/model.safetensors"
    let index = folder + "/model.safetensors.index.json"
    if FolderFile.exists(single) {
      try self.init(files: [try SafetensorsFile(path: single)])
    } else if FolderFile.exists(index) {
      try self.init(index: index, folder: folder)
    } else if let pickle = Self.pickles.first(where: { FolderFile.exists(folder + "/" + $0) }) {
      throw ParlanceError(
        .noInput,
        "the weights are pickled (\(pickle)), which runs code when it is read; convert them once with Python: "
          + conversion,
        at: .init(file: folder))
    } else {
      throw ParlanceError(
        .noInput, "expected model.safetensors or model.safetensors.index.json in this folder", at: .init(file: folder))
    }
  }

  init(files: [SafetensorsFile]) throws(ParlanceError) {
    var places: [String: (file: Int, entry: SafetensorsHeader.Entry)] = [:]
    for (number, file) in files.enumerated() {
      for entry in file.entries {
        if let other = places.updateValue((number, entry), forKey: entry.name) {
          throw ParlanceError(
            .badInput, "`\(entry.name)` is also in \(files[other.file].path)", at: .init(file: file.path))
        }
      }
    }
    self.files = files
    self.places = places
  }

  /// Which shard each tensor is in: `{"weight_map": {"tensor": "model-00001-of-00002.safetensors", ...}}`.
  static func shards(index: String) throws(ParlanceError) -> [(name: String, shard: String)] {
    func fault(_ message: String) -> ParlanceError { ParlanceError(.badInput, message, at: .init(file: index)) }
    let node = try FolderFile.json(index)
    guard let map = node["weight_map"]?.object else { throw fault("expected an object `weight_map`") }
    var shardOfTensor: [(name: String, shard: String)] = []
    for (name, value) in map {
      guard let shard = value.string else { throw fault("`\(name)` of `weight_map` must name a file") }
      guard !shard.isEmpty, !shard.contains("/"), shard != "..", shard.hasSuffix(".safetensors") else {
        throw fault("`\(shard)` of `weight_map` is not the name of a safetensors file in the same folder")
      }
      shardOfTensor.append((name, shard))
    }
    if shardOfTensor.isEmpty { throw fault("`weight_map` is empty") }
    return shardOfTensor
  }

  private init(index: String, folder: String) throws(ParlanceError) {
    let shardOfTensor = try Self.shards(index: index)
    var files: [SafetensorsFile] = []
    for shard in Set(shardOfTensor.map(\.shard)).sorted() {
      guard FolderFile.exists(folder + "/" + shard) else {
        throw ParlanceError(.noInput, "the shard `\(shard)` is missing", at: .init(file: index))
      }
      files.append(try SafetensorsFile(path: folder + "/" + shard))
    }
    try self.init(files: files)
    for (name, shard) in shardOfTensor where places[name].map({ files[$0.file].path != folder + "/" + shard }) ?? true {
      throw ParlanceError(.badInput, "`\(name)` should be in \(shard) and is not", at: .init(file: index))
    }
  }

  /// All tensors, file by file.
  public var entries: [SafetensorsHeader.Entry] { files.flatMap(\.entries) }

  public func entry(named name: String) -> SafetensorsHeader.Entry? { places[name]?.entry }

  /// The numbers of the tensor as 32-bit floats.
  ///
  /// - Throws: `badInput` when there is none of that name or it is not of floats.
  public func floats(named name: String) throws(ParlanceError) -> [Float] {
    let place = try place(of: name)
    return try files[place.file].floats(of: place.entry)
  }

  /// Hands the stored bytes of the tensor to `body` without copying them; little-endian, maybe not aligned.
  public func withBytes<Result>(
    named name: String, _ body: (RawSpan, ElementType) throws(ParlanceError) -> Result
  ) throws(ParlanceError) -> Result {
    let place = try place(of: name)
    return try files[place.file].withBytes(of: place.entry) { bytes throws(ParlanceError) in
      try body(bytes, place.entry.elementType)
    }
  }

  /// Where the numbers of the tensor are, when they are stored as 32-bit floats; maybe not aligned.
  package func mappedFloats(named name: String) throws(ParlanceError) -> (file: MappedFile, range: Range<Int>)? {
    let place = try place(of: name)
    return files[place.file].mappedFloats(of: place.entry)
  }

  private func place(of name: String) throws(ParlanceError) -> (file: Int, entry: SafetensorsHeader.Entry) {
    guard let place = places[name] else {
      throw ParlanceError(.badInput, "there is no tensor `\(name)`", at: .init(file: files.first?.path ?? ""))
    }
    return place
  }
}
