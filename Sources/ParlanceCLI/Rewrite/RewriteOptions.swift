import ArgumentParser
import Diagnostics
import HTTPConnections
import LineFiles
import Rewriting

/// Whom `parlance rewrite` asks, and how.
struct RewriteOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The endpoint's address, up to /v1.", valueName: "url"))
  var endpoint: String?

  @Option(help: ArgumentHelp("The model, as the endpoint names it.", valueName: "name"))
  var model: String?

  @Option(help: ArgumentHelp("A prompt by its name, or a file.", valueName: "name"))
  var prompt = "self-contained"

  @Option(help: "Rewrites of each turn; more than one are drawn at a temperature of 0.7 unless --temperature is given.")
  var samples = 1

  @Option(help: "Questions under way at most.")
  var concurrency = 16

  @Option(help: ArgumentHelp("How long an answer is waited for.", valueName: "seconds"))
  var timeout = 120

  @Option(help: "How often a question is asked before it counts as failed.")
  var attempts = 12

  @Option(help: "The prompt's if not given.")
  var temperature: Double?

  @Option(help: "The endpoint's if not given.")
  var topP: Double?

  @Option(help: ArgumentHelp("The prompt's if not given.", valueName: "n"))
  var maxTokens: Int?

  @Option(help: "For endpoints that draw by a seed; each sample adds one to it.")
  var seed: Int?

  @Option(
    help: ArgumentHelp(
      "A JSON object merged into the body of each question; null takes a parameter away.", valueName: "json"))
  var parameters: String?

  @Option(help: ArgumentHelp("The environment variable that holds the key.", valueName: "name"))
  var keyVariable = RewriteOptions.keyVariable

  @Flag(help: "Send the key to another machine without encryption, for all on the way to read.")
  var keyOverHTTP = false

  static let keyVariable = "OPENAI_API_KEY"

  func check() throws {
    guard let endpoint, HTTPAddress(endpoint) != nil else {
      throw ValidationError("expected --endpoint with an address such as http://127.0.0.1:8000/v1")
    }
    guard model?.isEmpty == false else { throw ValidationError("expected --model, as the endpoint names it") }
    for (name, value, most) in [
      ("samples", samples, 1000), ("concurrency", concurrency, 10_000), ("timeout", timeout, 86_400),
      ("attempts", attempts, 1000), ("max-tokens", maxTokens ?? 1, 1_000_000),
    ] where !(1...most).contains(value) {
      throw ValidationError("expected --\(name) of at least 1, at most \(most), found \(value)")
    }
    if let seed, !(0...Int(Int32.max)).contains(seed) {
      throw ValidationError("expected --seed from 0 to \(Int32.max), found \(seed)")
    }
    if let temperature, !(0...2).contains(temperature) {
      throw ValidationError("expected --temperature from 0 to 2, found \(temperature)")
    }
    if let topP, !(topP > 0 && topP <= 1) { throw ValidationError("expected --top-p above 0, up to 1, found \(topP)") }
    do throws(ParlanceError) { _ = try patch() } catch { throw ValidationError(error.message) }
    if samples > 1, temperature == 0 { throw ValidationError("several samples at temperature 0 would be the same") }
  }

  func configuration() throws(ParlanceError) -> RewriteJob.Configuration {
    var configuration = RewriteJob.Configuration(
      endpoint: endpoint ?? "", model: model ?? "", prompt: try template())
    configuration.key = try key()
    if configuration.key == nil, keyVariable != Self.keyVariable {
      throw ParlanceError(.usage, "expected the key in the environment variable \(keyVariable), which is not set")
    }
    if configuration.key != nil { try checkWay(to: configuration.endpoint) }
    configuration.samples = samples
    configuration.concurrency = concurrency
    configuration.timeout = .seconds(timeout)
    configuration.retries = RetryPolicy(attempts: attempts)
    configuration.temperature = temperature
    configuration.topP = topP
    configuration.maximumTokens = maxTokens
    configuration.seed = seed
    configuration.parameters = try patch()
    return configuration
  }

  private func patch() throws(ParlanceError) -> RequestPatch {
    guard let parameters else { return RequestPatch.empty }
    return try RequestPatch(parsing: parameters)
  }

  /// - Throws: `usage` when the key would cross a network unencrypted, and nobody asked for that.
  private func checkWay(to endpoint: String) throws(ParlanceError) {
    guard !keyOverHTTP, let address = HTTPAddress(endpoint), address.scheme != "https",
      !ProxySettings.isLoopback(address.host)
    else { return }
    throw ParlanceError(
      .usage,
      "the key in \(keyVariable) would go to \(address.host) unencrypted; use https, unset the variable, or ask for it with "
        + "--key-over-http")
  }

  /// The key without the white space around it, which a file of settings may leave there.
  private func key() throws(ParlanceError) -> String? {
    guard let value = Environment[keyVariable] else { return nil }
    let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = Array(value.utf8.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw ParlanceError(
        .usage, "the key in the environment variable \(keyVariable) has characters that no header can hold")
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// The prompt's file; `nil` for one of the library.
  var promptFile: String? {
    PromptTemplate.libraryFile(prompt) == nil && (prompt.contains("/") || prompt.contains(".")) ? prompt : nil
  }

  /// The files that rewrites are written to, one a sample.
  func paths(_ out: String) -> [String] {
    samples == 1 ? [out] : (1...samples).map { Self.path(out, sample: $0) }
  }

  /// A name of the library, or a file.
  private func template() throws(ParlanceError) -> PromptTemplate {
    guard let promptFile else { return try PromptTemplate(named: prompt) }
    let lines = try LineReader(path: promptFile)
    var text: [String] = []
    while let line = try lines.nextString() { text.append(line) }
    return try PromptTemplate(parsing: text.joined(separator: "\n"), file: promptFile)
  }

  /// `rewrites.cache.sqlite` in the folder of the output.
  static func cachePath(beside out: String) -> String {
    let folder = out.lastIndex(of: "/").map { String(out[...$0]) } ?? ""
    return folder + "rewrites.cache.sqlite"
  }

  /// `a/mistral.2.jsonl` of `a/mistral.jsonl`.
  static func path(_ out: String, sample: Int) -> String {
    for end in [".jsonl.gz", ".jsonl"] where out.hasSuffix(end) {
      return "\(out.dropLast(end.count)).\(sample)\(end)"
    }
    return "\(out).\(sample)"
  }
}
