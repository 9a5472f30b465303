#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where the hub and its cache are; the variables are those of the Python library, so that both share one cache.
public struct HubSettings: Sendable, Hashable {
  /// The folder with `models--owner--name`: `HF_HUB_CACHE`, or `HF_HOME/hub`, or `~/.cache/huggingface/hub`.
  public var cache: String
  /// `HF_ENDPOINT`, without a slash at its end.
  public var endpoint: String
  /// `HF_TOKEN`, or the file that `hf auth login` writes; sent to the endpoint only.
  public var token: String?
  /// `HF_HUB_OFFLINE`: nothing is asked, the cache is all there is.
  public var isOffline: Bool

  public init(cache: String, endpoint: String = "https://huggingface.co", token: String? = nil, isOffline: Bool = false)
  {
    self.cache = cache
    self.endpoint = endpoint
    self.token = token
    self.isOffline = isOffline
  }

  /// What the process's environment says.
  public init() {
    self.init(environment: ProcessInfo.processInfo.environment)
  }

  public init(environment: [String: String]) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    let home = environment["HOME"] ?? "."
    func expanded(_ path: String) -> String {
      path == "~" ? home : path.hasPrefix("~/") ? home + path.dropFirst(1) : path
    }
    let root = expanded(value("HF_HOME") ?? (value("XDG_CACHE_HOME") ?? home + "/.cache") + "/huggingface")
    cache = expanded(value("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? root + "/hub")
    var endpoint = value("HF_ENDPOINT") ?? "https://huggingface.co"
    while endpoint.hasSuffix("/") { endpoint.removeLast() }
    self.endpoint = endpoint
    let truths: Set<String> = ["1", "ON", "YES", "TRUE"]
    isOffline = truths.contains((value("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE") ?? "").uppercased())
    let file = expanded(value("HF_TOKEN_PATH") ?? root + "/token")
    let found =
      value("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")
      ?? FileManager.default.contents(atPath: file).map { String(decoding: $0, as: UTF8.self) }
    token = found.map { $0.filter { !$0.isWhitespace } }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
