import Conversations
import Diagnostics
import Foundation
import Identifiers
import InvertedIndex
import SparseVectors
import Synchronization

/// Building an index of a large collection within the memory it is given.
///
/// `SEARCH_PASSAGES` names a `.vectors` file and `SEARCH_COUNT` makes the collection smaller, or larger by mixtures of its passages, which
/// are made when they are read and never lie on the disk. `BUILD_TEXTS` gives each passage a text of that file, over and over;
/// `BUILD_MEMORY` is in GiB; `BUILD_OUT` names a folder where the index stays. What is said is the memory of the process, mapped
/// files included, and the most room that the folder took.
enum BuildBenchmark {
  static func run(_ input: BenchmarkInput) async throws {
    let environment = ProcessInfo.processInfo.environment
    guard let path = environment["SEARCH_PASSAGES"] else {
      print("  SEARCH_PASSAGES names no .vectors file")
      return
    }
    let base = try VectorsFile(path: path)
    let count = environment["SEARCH_COUNT"].flatMap { Int($0) } ?? base.count
    let vectors = RecombinedPassages(base: base, count: count)
    var builder = IndexBuilder(passageSpace: base.description.encoder, vocabulary: base.description.vocabulary)
    if let memory = environment["BUILD_MEMORY"].flatMap({ Double($0) }) {
      builder.configuration.memory = Int(memory * 0x1p30)
    }
    let folder = environment["BUILD_OUT"] ?? FileManager.default.temporaryDirectory.path + "/parlance-build-\(UUID())"
    defer { if environment["BUILD_OUT"] == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let texts = try environment["BUILD_TEXTS"].map { try RepeatedTexts(path: $0) }

    print("  before: \(rounded(try peakMiB())) MiB")
    let phases = Phases()
    let cost = try Cost.ofWork {
      try builder.build(
        vectors, texts: texts.map { texts in texts.source(ids: vectors) }, at: folder,
        progress: { phases.note($0, folder: folder) })
    }
    let index = try InvertedIndex(path: folder)
    for line in phases.lines { print("  " + line) }
    print(
      "  \(index.count) passages, \(index.info.postings) postings, \(index.info.bytes) bytes in "
        + "\(rounded(cost.seconds)) s, \(rounded(cost.processorSeconds)) processor seconds, at most "
        + "\(rounded(try peakMiB())) MiB of memory and \(rounded(Double(phases.mostBytes) / 1e6)) MB of disk")
    let generation = try Cost.ofWork { for index in 0..<vectors.count { _ = try vectors.vector(at: index) } }
    print("  of which making the vectors, twice: \(rounded(2 * generation.processorSeconds)) processor seconds")
  }

  private static func peakMiB() throws -> Double {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Double($0.split(separator: " ").dropLast().last ?? "") }.map { $0 / 1024 } ?? .nan
  }

  /// When each activity began, and the most room that was taken.
  private final class Phases: Sendable {
    private let state = Mutex<(activity: String, start: ContinuousClock.Instant, looked: ContinuousClock.Instant)>(
      ("", .now, .now))
    private let noted = Mutex<(lines: [String], bytes: Int)>(([], 0))

    var lines: [String] { noted.withLock { $0.lines } }
    var mostBytes: Int { noted.withLock { $0.bytes } }

    func note(_ progress: Diagnostics.Progress, folder: String) {
      let looks = state.withLock { state in
        let now = ContinuousClock.now
        if state.activity != progress.activity {
          noted.withLock { $0.lines.append("\(progress.activity) from \(now - state.start) on") }
          state.activity = progress.activity
        }
        guard now - state.looked > .milliseconds(100) else { return false }
        state.looked = now
        return true
      }
      guard looks else { return }
      let bytes = Self.bytes(in: folder)
      noted.withLock { $0.bytes = max($0.bytes, bytes) }
    }

    private static func bytes(in folder: String) -> Int {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return names.reduce(0) { sum, name in
        var status = stat()
        return stat(folder + "/" + name, &status) == 0 ? sum + 512 * Int(status.st_blocks) : sum
      }
    }
  }
}

/// The texts of a file for a larger collection.
private struct RepeatedTexts {
  private let passages: [Passage]

  init(path: String) throws {
    var passages: [Passage] = []
    let reader = try PassageReader(path: path)
    while let passage = try reader.next() { passages.append(passage) }
    self.passages = passages
  }

  func source(ids: RecombinedPassages) -> PassageSource {
    var next = 0
    return PassageSource { () throws(ParlanceError) in
      guard next < ids.count else { return nil }
      var passage = passages[next % passages.count]
      passage.id = try ids.id(at: next)
      next += 1
      return passage
    }
  }
}
