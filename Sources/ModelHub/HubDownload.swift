import BinaryFiles
import Diagnostics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Brings one file into the cache: resumed where it stopped, checked against its hash, never half there.
struct HubDownload: Sendable {
  let client: HubClient
  let cache: HubCache
  var retryLimit = 5
  /// The first pause after a failure; each further one is twice as long.
  var pause = Duration.milliseconds(400)

  /// - Returns: when `snapshots/COMMIT/PATH` leads to the whole file.
  func bring(
    _ path: String, of name: HubName, commit: String, progress: ProgressHandler?, interruption: Interruption?
  ) async throws(ParlanceError) {
    if cache.has(path, commit: commit) { return }
    let ask = { () async throws(ParlanceError) in try await client.facts(name, commit: commit, path: path) }
    let facts = try await retrying(interruption, ask)
    let blob = cache.blob(facts.etag)
    if !FileManager.default.fileExists(atPath: blob) {
      try HubCache.makeFolder(of: blob)
      try HubCache.makeFolder(of: cache.lock(facts.etag))
      let lock = try await waitForLock(cache.lock(facts.etag), interruption)
      defer { withExtendedLifetime(lock) {} }
      // Whoever held the lock may have brought it.
      if !FileManager.default.fileExists(atPath: blob) {
        try await fill(blob, facts, askingAgain: ask, what: "\(path) of \(name)", path, progress, interruption)
      }
    }
    try cache.link(path, commit: commit, to: facts.etag)
  }

  /// - Parameter askingAgain: where the bytes are, once an address did not give all of them: it may hold for minutes only.
  private func fill(
    _ blob: String, _ facts: HubClient.FileFacts,
    askingAgain: () async throws(ParlanceError) -> HubClient.FileFacts, what: String, _ path: String,
    _ progress: ProgressHandler?, _ interruption: Interruption?
  ) async throws(ParlanceError) {
    let partial = blob + ".incomplete"
    if let size = facts.size { try FreeSpace.check(size - length(of: partial), for: blob) }
    var source = facts
    var isFirst = true
    try await retrying(interruption) { () async throws(ParlanceError) in
      let start = length(of: partial)
      if let size = facts.size, start == size, size > 0 { return }
      if !isFirst { source.url = try await askingAgain().url }
      isFirst = false
      do throws(ParlanceError) {
        try await client.bytes(of: source, from: start, what: what) { isResumed, body async throws(ParlanceError) in
          let file = try OutputFile(path: partial, mode: .append)
          if !isResumed { try file.truncate(to: 0) }
          while let piece = try await body.next() {
            try interruption?.check()
            try file.write(piece.rawSpan)
            progress?(
              Progress(
                "fetching \(path)", completed: file.position / 1000, total: facts.size.map { $0 / 1000 }, unit: "kB"))
          }
          if let size = facts.size, file.position < size {
            throw ParlanceError(.tryAgain, "\(what) ended after \(file.position) of \(size) bytes")
          }
          try file.sync()
        }
      } catch {
        if HubFailure.isRangeRefused(error) { try? FileManager.default.removeItem(atPath: partial) }
        throw error
      }
    }
    do throws(ParlanceError) {
      try verify(partial, facts, what: what)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
    do {
      try FileManager.default.moveItem(atPath: partial, toPath: blob)
    } catch {
      throw ParlanceError(.cannotWrite, "the finished file cannot get its name", at: .init(file: blob))
    }
  }

  private func verify(_ path: String, _ facts: HubClient.FileFacts, what: String) throws(ParlanceError) {
    let file = try MappedFile(path: path, access: .sequential)
    if let size = facts.size, file.count != size {
      throw ParlanceError(.tryAgain, "\(what) has \(file.count) bytes, the hub says \(size); try again")
    }
    let isHexadecimal = facts.etag.utf8.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    let found: String
    switch facts.etag.utf8.count {
    case 64 where isHexadecimal: found = SHA256.digest(of: file.bytes).hexadecimal
    case 40 where isHexadecimal: found = GitBlobHash.hexadecimal(of: file.bytes)
    default: return
    }
    guard found == facts.etag.lowercased() else {
      throw ParlanceError(
        .tryAgain, "\(what) arrived damaged: its hash is \(found), the hub says \(facts.etag); try again")
    }
  }

  private func length(of path: String) -> Int {
    (try? MappedFile(path: path).count) ?? 0
  }

  /// Tries again what may succeed later, with longer and longer pauses.
  private func retrying<Result: Sendable>(
    _ interruption: Interruption?, _ work: () async throws(ParlanceError) -> Result
  ) async throws(ParlanceError) -> Result {
    var pause = pause
    for _ in 1..<retryLimit {
      try interruption?.check()
      do throws(ParlanceError) {
        return try await work()
      } catch {
        guard error.code == .tryAgain else { throw error }
      }
      try? await Task.sleep(for: pause)
      pause *= 2
    }
    return try await work()
  }

  private func waitForLock(_ path: String, _ interruption: Interruption?) async throws(ParlanceError) -> FileLock {
    while true {
      do throws(ParlanceError) {
        return try FileLock(path: path)
      } catch {
        guard error.code == .tryAgain else { throw error }
      }
      try interruption?.check()
      try? await Task.sleep(for: .milliseconds(200))
    }
  }
}
