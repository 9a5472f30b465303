import Diagnostics
import HTTPConnections

/// What is asked of the hub: the files of a revision, what a file is, and its bytes.
struct HubClient: Sendable {
  let settings: HubSettings
  let transport: any HubTransport

  /// What the hub says about a file before it is brought.
  struct FileFacts: Sendable {
    /// The name of the blob: git's SHA-1 for small files, SHA-256 for large ones.
    var etag: String
    var size: Int?
    /// Where the bytes are.
    var url: String
  }

  private static let redirectLimit = 5

  func list(_ name: HubName) async throws(ParlanceError) -> HubListing {
    let path = "\(name.repository)/revision/\(HTTPAddress.quoted(name.revision).replacing("/", with: "%2F"))"
    let url = "\(settings.endpoint)/api/models/\(path)"
    return try await follow(.get, url, what: name.description) { reply, body throws(ParlanceError) in
      if let target = reply.target { return .redirect(to: target) }
      try Self.check(reply.answer, what: name.description)
      var text: [UInt8] = []
      while let piece = try await body.next() {
        text += piece
        guard text.count < 64 << 20 else { throw ParlanceError(.unavailable, "the hub's list of files has no end") }
      }
      return .result(try HubListing(parsing: text, from: reply.url))
    }
  }

  func facts(_ name: HubName, commit: String, path: String) async throws(ParlanceError) -> FileFacts {
    let what = "\(path) of \(name)"
    let url = "\(settings.endpoint)/\(name.repository)/resolve/\(commit)/\(HTTPAddress.quoted(path))"
    return try await follow(.head, url, what: what) { reply, _ throws(ParlanceError) in
      let headers = reply.answer.headers
      // A large file: the hub names it and sends the reader to its storage. A renamed repository: ask again there.
      if let target = reply.target, headers["x-linked-etag"] == nil,
        HTTPAddress(target)?.origin == HTTPAddress(reply.url)?.origin
      {
        return .redirect(to: target)
      }
      if reply.target == nil { try Self.check(reply.answer, what: what) }
      let tag = headers["x-linked-etag"] ?? headers["etag"] ?? ""
      let etag = String(tag.drop { $0 == "W" || $0 == "/" }.filter { $0 != "\"" })
      guard HubCache.isPlainName(etag) else {
        throw ParlanceError(.unavailable, "the hub does not say which content \(what) has (no etag)")
      }
      let stated = (headers["x-linked-size"] ?? headers["content-length"]).flatMap { Int($0) }
      let size = stated.flatMap { $0 >= 0 ? $0 : nil }
      return .result(FileFacts(etag: etag, size: size, url: reply.target ?? reply.url))
    }
  }

  /// Reads a file's bytes from `offset` on.
  ///
  /// - Parameter receive: is told whether the answer begins at `offset` (it may begin at 0 instead), and reads it.
  func bytes(
    of facts: FileFacts, from offset: Int, what: String,
    receive: (_ isResumed: Bool, HubBody) async throws(ParlanceError) -> Void
  ) async throws(ParlanceError) {
    try await follow(.get, facts.url, from: offset, what: what) { reply, body throws(ParlanceError) -> Step<Void> in
      if let target = reply.target { return .redirect(to: target) }
      let answer = reply.answer
      // What is there is as long as the file or longer: begin again.
      if answer.status == 416 { throw HubFailure.rangeRefused(what) }
      if [401, 403].contains(answer.status), !isHub(HTTPAddress(reply.url)) {
        throw HubFailure.addressRefused(what, status: answer.status)
      }
      try Self.check(answer, what: what)
      let isResumed =
        answer.status == 206 && answer.headers["content-range"]?.hasPrefix("bytes \(offset)-") == true
      if answer.status == 206, !isResumed { throw HubFailure.rangeRefused(what) }
      try await receive(isResumed && offset > 0, body)
      return .result(())
    }
  }

  /// An answer, and which address gave it.
  private struct Reply {
    var url: String
    var answer: HubAnswer
    /// Where it sends the reader.
    var target: String?
  }

  private enum Step<Result: Sendable>: Sendable {
    case result(Result)
    case redirect(to: String)
  }

  /// Asks, and asks again where the answer leads, as often as `receive` wants it.
  private func follow<Result: Sendable>(
    _ method: HubRequest.Method, _ start: String, from offset: Int = 0, what: String,
    receive: (Reply, HubBody) async throws(ParlanceError) -> Step<Result>
  ) async throws(ParlanceError) -> Result {
    var url = start
    for _ in 0..<Self.redirectLimit {
      let address = url
      let step = try await exchange(method, address, from: offset, what: what) { answer, body throws(ParlanceError) in
        var reply = Reply(url: address, answer: answer)
        if (300..<400).contains(answer.status), let location = answer.headers["location"] {
          reply.target = HTTPAddress(address)?.following(location)
          if reply.target == nil { throw ParlanceError(.unavailable, "\(what): a redirect that leads nowhere") }
        }
        return try await receive(reply, body)
      }
      switch step {
      case .result(let result): return result
      case .redirect(let target): url = target
      }
    }
    throw ParlanceError(.unavailable, "\(what): too many redirects")
  }

  private func exchange<Result: Sendable>(
    _ method: HubRequest.Method, _ url: String, from offset: Int = 0, what: String,
    receive: (HubAnswer, HubBody) async throws(ParlanceError) -> Result
  ) async throws(ParlanceError) -> Result {
    guard let address = HTTPAddress(url) else {
      throw ParlanceError(.usage, "`\(url)` is not an http or https address; HF_ENDPOINT must be one")
    }
    var request = HubRequest(method: method, url: url)
    // The bytes must be those that the etag names, not a compressed form of them.
    request.headers = [("user-agent", "parlance"), ("accept-encoding", "identity")]
    if offset > 0 { request.headers.append(("range", "bytes=\(offset)-")) }
    if let token = settings.token, isHub(address) {
      request.headers.append(("authorization", "Bearer \(token)"))
    }
    return try await transport.send(request, receive: receive)
  }

  /// Whether the address is the hub's own, not that of a storage that it sends to.
  private func isHub(_ address: HTTPAddress?) -> Bool { address?.origin == HTTPAddress(settings.endpoint)?.origin }

  private static func check(_ answer: HubAnswer, what: String) throws(ParlanceError) {
    if (200..<300).contains(answer.status) { return }
    throw HubFailure.status(answer, what: what)
  }
}

/// The hub's refusals in words.
enum HubFailure {
  static func status(_ answer: HubAnswer, what: String) -> ParlanceError {
    let reason = answer.headers["x-error-code"]
    switch answer.status {
    case 401 where reason != "GatedRepo", 404:
      if reason == "EntryNotFound" { return ParlanceError(.noInput, "the hub has no \(what)") }
      if reason == "RevisionNotFound" { return ParlanceError(.noInput, "the hub has no such revision: \(what)") }
      let hint = answer.status == 401 ? "; a private model needs HF_TOKEN" : ""
      return ParlanceError(.noInput, "the hub has no \(what), or does not show it to everybody\(hint)")
    case 401, 403:
      return ParlanceError(
        .noInput,
        "the hub refuses \(what): accept the model's terms on its page, then set HF_TOKEN to a token of your account")
    case 429:
      return ParlanceError(.tryAgain, "the hub has had too many requests (429); wait a few minutes, or set HF_TOKEN")
    case 500...:
      return ParlanceError(.tryAgain, "the hub is in trouble (\(answer.status)) and did not give \(what)")
    default:
      return ParlanceError(.unavailable, "the hub answered \(answer.status) when asked for \(what)")
    }
  }

  /// The storage does not take the address that the hub gave, which is signed for a while only.
  static func addressRefused(_ what: String, status: Int) -> ParlanceError {
    ParlanceError(.tryAgain, "the hub's storage refuses \(what) (\(status)): the address may have expired; try again")
  }

  /// The storage does not go on where we stopped.
  static func rangeRefused(_ what: String) -> ParlanceError {
    ParlanceError(.tryAgain, "the download of \(what) cannot go on where it stopped", at: rangeLocation)
  }

  static func isRangeRefused(_ error: ParlanceError) -> Bool { error.location == rangeLocation }

  private static let rangeLocation = ParlanceError.Location(file: "hub", component: "range")
}
