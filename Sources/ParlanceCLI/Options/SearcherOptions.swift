import ArgumentParser
import Diagnostics
import InvertedIndex
import Retrieval

/// The options of the subcommands that keep an index and its encoder open.
struct SearcherOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The index to search.", valueName: "dir"))
  var index: String

  @Option(
    help: ArgumentHelp(
      "The query encoder: a folder, or hf:owner/name[@revision]. BM25 indexes need none.", valueName: "model"))
  var model: String?

  @Option(
    help: ArgumentHelp("Search with so many terms of each query only, the heaviest.", valueName: "n"))
  var keepTerms: Int?

  @Flag(help: "Search with a model that is not known to fit the index.")
  var trustModel = false

  @OptionGroup
  var encoding: EncodingOptions

  func validate() throws {
    if let keepTerms, keepTerms < 1 { throw ValidationError("expected --keep-terms of at least 1, found \(keepTerms)") }
    try encoding.checkModel(model, trustsModel: trustModel)
  }

  func open() async throws(ParlanceError) -> Searcher {
    let opened = try InvertedIndex(path: index)
    let encoder = try await encoding.queryEncoder(model, of: opened, at: index)
    return try Searcher(index: opened, encoder: kept(encoder), trustingEncoder: trustModel)
  }

  private func kept(_ encoder: any QueryEncoder) throws(ParlanceError) -> any QueryEncoder {
    guard let keepTerms else { return encoder }
    return try PrunedQueryEncoder(encoder, keptTerms: keepTerms)
  }
}
