import ArgumentParser
import Diagnostics
import InvertedIndex
import Retrieval
import SparseEncoder
import TensorEngine
import WorkerThreads

/// The options of every subcommand that encodes.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The SPLADE model: a folder, or hf:owner/name[@revision] from the Hugging Face hub.", valueName: "model"))
  var model: String

  @OptionGroup
  var encoding: EncodingOptions

  func open() async throws(ParlanceError) -> SparseEncoder {
    try await encoding.open(model)
  }
}

/// How a model encodes, whichever model it is.
struct EncodingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Texts are cut to this many tokens, [CLS] and [SEP] included. (default: 256; a student's own for its queries)",
      valueName: "n"))
  var maxLength: Int?

  @Option(
    help: ArgumentHelp(
      "How a passage's title and text become the words that are encoded; TopiOCQA takes \"{title}. {text}\". (default: {title} {text})",
      valueName: "template"))
  var passageText: String?

  @Option(
    name: .customLong("device"), help: "Where the model runs: cpu, cuda, or cuda:N. (default: cpu)",
    transform: Self.device)
  var givenDevice: Device?

  @Option(help: ArgumentHelp("Cores to use; all by default.", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("expected --threads of at least 1, found \(threads)") }
    if let maxLength, maxLength < 3 { throw ValidationError("expected --max-length of at least 3, found \(maxLength)") }
  }

  var device: Device { givenDevice ?? .cpu }

  /// Refuses what means nothing without a model.
  ///
  /// - Parameter trustsModel: whether `--trust-model` was given.
  func checkModel(_ model: String?, trustsModel: Bool) throws {
    guard model == nil else { return }
    for (isGiven, option) in [
      (maxLength != nil, "--max-length"), (passageText != nil, "--passage-text"), (givenDevice != nil, "--device"),
      (trustsModel, "--trust-model"),
    ] where isGiven { throw ValidationError("\(option) goes with --model") }
  }

  /// How passages become words.
  ///
  /// - Throws: `usage` for a template that has neither title nor text.
  func passageWords() throws(ParlanceError) -> PassageText {
    guard let passageText else { return .standard }
    return try PassageText(passageText)
  }

  /// The cores that are used.
  var cores: Int { threads ?? WorkerThreads.availableCores }

  func open(_ model: String) async throws(ParlanceError) -> SparseEncoder {
    try await SparseEncoder.openTelling(
      model, settings: EncoderSettings(maxLength: maxLength, passageText: passageWords()), device: device,
      cores: threads)
  }

  /// The encoder of an index's queries: the model that was named, else the one that an index of BM25 brings along.
  ///
  /// - Parameters:
  ///   - path: how the user called the index.
  ///   - option: where a model is named.
  /// - Throws: `usage` where none was named and the index needs one; as `open`.
  func queryEncoder(
    _ model: String?, of index: InvertedIndex, at path: String, option: String = "--model"
  ) async throws(ParlanceError) -> any QueryEncoder {
    if let model {
      let encoder = try await open(model)
      try encoder.prepare(for: .query)
      return encoder
    }
    try Self.checkNeedsNoModel(index, at: path, option: option)
    return try BM25QueryEncoder(of: index)
  }

  /// - Throws: `usage` for an index that cannot be searched without a model.
  static func checkNeedsNoModel(
    _ index: InvertedIndex, at path: String, option: String = "--model"
  ) throws(ParlanceError) {
    guard index.bm25 == nil else { return }
    throw ParlanceError(
      .usage, "the index holds vectors of \(index.passageSpace); name the encoder of the queries with \(option)",
      at: .init(file: path))
  }

  static func device(_ text: String) throws -> Device {
    guard let device = Device(text) else {
      throw ValidationError("expected cpu, cuda or cuda:N, found \"\(text)\"")
    }
    return device
  }
}
