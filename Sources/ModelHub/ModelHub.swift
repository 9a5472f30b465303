import Checkpoints
public import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Finds a model by what the user calls it: a folder, or `hf:owner/name[@revision]` in the ordinary Hugging Face cache,
/// brought there when it is missing.
///
/// ```swift
/// let folder = try await ModelHub().resolve("hf:opensearch-project/opensearch-neural-sparse-encoding-v2-distill").folder
/// ```
///
/// The cache is the Python library's, in both directions: what either brought, the other finds. Without the package trait
/// `Network` only folders and the cache are looked at.
public struct ModelHub: Sendable {
  /// A model on this machine.
  public struct Model: Sendable, Hashable {
    public var folder: String
    /// `owner/name` of a model of the hub, nil for a folder.
    public var name: String?
    /// The commit of a model of the hub.
    public var commit: String?
    /// Whether the hub could not be asked, so that a newer version may exist.
    public var isUnchecked = false
    /// What whoever uses it should know, a sentence each; nothing of most.
    public var notes: [String] = []
  }

  public let settings: HubSettings
  private let makeTransport: @Sendable () -> (any HubTransport)?

  public init(settings: HubSettings = HubSettings()) {
    self.init(settings: settings) { defaultTransport() }
  }

  init(settings: HubSettings, transport: @escaping @Sendable () -> (any HubTransport)?) {
    self.settings = settings
    makeTransport = transport
  }

  /// - Parameter model: a folder's path, or `hf:owner/name[@revision]`.
  /// - Throws: `noInput` when there is no such model or it needs a token, `unavailable` without network, `tryAgain` when
  ///   the hub or the line is in trouble, `cannotWrite` when the cache is full or read-only.
  public func resolve(
    _ model: String, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) async throws(ParlanceError) -> Model {
    guard model.hasPrefix(HubName.prefix) else { return try Self.folder(model) }
    let name = try HubName(model)
    let cache = HubCache(root: settings.cache, repository: name.repository)
    let cached = try CachedSnapshot(name, in: cache)
    let whole = cached.flatMap { $0.isWhole ? $0.folder : nil }
    if let whole, settings.isOffline { return unasked(name, whole, isUnchecked: !name.isCommit) }
    // A commit never changes.
    if let whole, name.isCommit, cached?.isComplete == true { return found(name, whole, isUnchecked: false) }
    let absence =
      cached.map { "\(name) is only partly in the cache: \($0.folder) lacks \(CachedSnapshot.names($0.missing))" }
      ?? "\(name) is not in the cache \(settings.cache)"
    if settings.isOffline {
      throw ParlanceError(.noInput, "\(absence); HF_HUB_OFFLINE forbids to fetch it")
    }
    guard let transport = makeTransport() else {
      if let whole {
        return unasked(name, whole, isUnchecked: true, because: "this build has no network")
      }
      throw ParlanceError(.unavailable, "\(absence); this build has no network (package trait Network is off)")
    }
    let client = HubClient(settings: settings, transport: transport)
    let result: Result<Model, ParlanceError>
    do throws(ParlanceError) {
      result = .success(try await bring(name, client, cache, progress, interruption))
    } catch {
      result = .failure(error)
    }
    await transport.shutdown()
    if case .failure(var error) = result, error.code == .tryAgain || error.code == .unavailable {
      if let whole { return unasked(name, whole, isUnchecked: true, because: error.message) }
      if cached != nil { error.message += "; \(absence)" }
      throw error
    }
    return try result.get()
  }

  private func bring(
    _ name: HubName, _ client: HubClient, _ cache: HubCache, _ progress: ProgressHandler?,
    _ interruption: Interruption?
  ) async throws(ParlanceError) -> Model {
    let listing = try await client.list(name)
    let needed = listing.needed
    let isModular = listing.paths.contains("modules.json")
    if let pickle = NeededFiles.pickledWeights(in: listing.paths) {
      throw pickled(pickle, name, isModular: isModular)
    }
    // Of a model of modules any folder may have one; the modules tell which.
    guard isModular || needed.contains("config.json") else {
      throw ParlanceError(.noInput, "\(name) has no config.json: it is not a transformers model")
    }
    if !isModular, let table = StaticQueryWeights.looseTables.first(where: listing.paths.contains) {
      throw ParlanceError(.badInput, "\(name): \(StaticQueryWeights.refusal(of: table))")
    }
    let download = HubDownload(client: client, cache: cache)
    for path in needed {
      try await download.bring(
        path, of: name, commit: listing.commit, progress: progress, interruption: interruption)
    }
    // Modules may lie in folders that only modules.json tells.
    let folder = cache.snapshot(listing.commit)
    var missing = try Checkpoint.missingFiles(in: folder)
    while let path = missing.joined().first(where: listing.paths.contains) {
      try await download.bring(path, of: name, commit: listing.commit, progress: progress, interruption: interruption)
      missing = try Checkpoint.missingFiles(in: folder)
    }
    guard missing.isEmpty else {
      if let pickle = NeededFiles.pickledWeights(in: listing.paths, instead: missing) {
        throw pickled(pickle, name, isModular: isModular)
      }
      throw ParlanceError(.noInput, "\(name) has no \(CachedSnapshot.names(missing)); is it a SPLADE model?")
    }
    for path in CachedSnapshot.optional where !listing.paths.contains(path) {
      cache.noteAbsence(of: path, commit: listing.commit)
    }
    if !name.isCommit { try cache.setCommit(listing.commit, of: name.revision) }
    return found(name, folder, isUnchecked: false)
  }

  /// The error of a model whose weights run code when they are read.
  private func pickled(_ pickle: String, _ name: HubName, isModular: Bool) -> ParlanceError {
    let repository = name.repository
    let conversion =
      isModular
      ? TensorStore.conversion(ofModules: repository)
      : "from transformers import AutoModelForMaskedLM, AutoTokenizer; "
        + "AutoModelForMaskedLM.from_pretrained('\(repository)').save_pretrained('DIR'); "
        + "AutoTokenizer.from_pretrained('\(repository)').save_pretrained('DIR')"
    return ParlanceError(
      .noInput,
      "\(name) has only pickled weights (\(pickle)), which run code when they are read; convert them once with Python: "
        + conversion)
  }

  /// A model as the cache has it.
  ///
  /// - Parameter obstacle: why the hub was not asked; `nil` where nobody wanted it asked.
  private func unasked(
    _ name: HubName, _ folder: String, isUnchecked: Bool, because obstacle: String? = nil
  ) -> Model {
    var model = found(name, folder, isUnchecked: isUnchecked)
    // Who named the commit knows which one serves.
    if let obstacle, !name.isCommit {
      model.notes.append(
        "\(name): the cached commit \(model.commit ?? "") serves, since the hub could not be asked: \(obstacle)")
    }
    if !FileManager.default.fileExists(atPath: folder + "/modules.json") {
      model.notes.append("\(name) has no modules.json in the cache: it is taken for a plain SPLADE model")
    }
    return model
  }

  private func found(_ name: HubName, _ folder: String, isUnchecked: Bool) -> Model {
    Model(
      folder: folder, name: name.repository, commit: folder.split(separator: "/").last.map(String.init),
      isUnchecked: isUnchecked)
  }

  private static func folder(_ path: String) throws(ParlanceError) -> Model {
    var isFolder: Bool = false
    #if canImport(FoundationEssentials)
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    #else
      var flag: ObjCBool = false
      let exists = FileManager.default.fileExists(atPath: path, isDirectory: &flag)
      isFolder = flag.boolValue
    #endif
    guard exists else {
      let looksLikeName = path.split(separator: "/").count == 2 && !path.hasPrefix("/") && !path.hasPrefix(".")
      throw ParlanceError(
        .noInput, "there is no such model folder" + (looksLikeName ? "; for the hub write hf:\(path)" : ""),
        at: .init(file: path))
    }
    guard isFolder else {
      throw ParlanceError(.noInput, "expected a model's folder, this is a file", at: .init(file: path))
    }
    return Model(folder: path)
  }
}
