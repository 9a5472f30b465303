import Conversations
import Datasets
import Diagnostics
import Foundation
import TensorEngine

/// What all benchmarks read: the texts of the demo corpus, as the demo splits them, or of the file that PASSAGES names.
struct BenchmarkInput {
  let model: String
  let texts: [String]
  /// The interpreter with the judges; nil without them, and then only our own side is measured.
  let python: String?
  /// Where the peers' scripts lie.
  let peers: String
  /// Where models run that benchmarks encode and train by the engine, and their peers': DEVICE, such as cuda:0.
  static let device: Device = {
    guard let name = ProcessInfo.processInfo.environment["DEVICE"] else { return .cpu }
    if let device = Device(name) { return device }
    FileHandle.standardError.write(Data("benchmarks: error: DEVICE is cpu, cuda or cuda:N, not \(name)\n".utf8))
    exit(64)
  }()
  /// Where packages are that peers need beside the judges, those folders that are there.
  let libraries: [String]

  init() throws {
    let environment = ProcessInfo.processInfo.environment
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let deps = environment["PARLANCE_DEPS"] ?? folder.deletingLastPathComponent().path + "/.deps"
    model = deps + "/models/splade-tiny"
    peers = folder.path + "/Peers"
    let interpreter = deps + "/judges/bin/python"
    python = FileManager.default.isExecutableFile(atPath: interpreter) ? interpreter : nil
    libraries = Self.libraries(in: deps)
    var texts: [String] = []
    if let file = environment["PASSAGES"] {
      let reader = try PassageReader(path: file)
      while let passage = try reader.next() { texts.append(passage.title + " " + passage.text) }
      self.texts = texts
      return
    }
    _ = try PassageSplitter().split(folders: [environment["DEMO_CORPUS"] ?? deps + "/corpus"]) {
      passage throws(ParlanceError) in texts.append(passage.title + " " + passage.text)
    }
    self.texts = texts
  }

  /// Those of `make judges-engines` have a folder each; oneTBB's libraries lie in the data of its wheel.
  private static func libraries(in deps: String) -> [String] {
    let engines = deps + "/judges-engines"
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: engines)) ?? []
    return [deps + "/peers"]
      + folders.filter { !$0.contains(".") }.sorted().map { $0 == "tbb" ? tbb(engines + "/tbb") : engines + "/" + $0 }
  }

  private static func tbb(_ folder: String) -> String {
    let data = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).first { $0.hasSuffix(".data") }
    return folder + "/" + (data ?? "") + "/data/lib"
  }

  /// `count` texts, or as many as COUNT says, spread evenly over the corpus.
  func sample(_ count: Int) -> [String] {
    let wish = ProcessInfo.processInfo.environment["COUNT"].flatMap { Int($0) } ?? count
    let count = min(max(1, wish), texts.count)
    return (0..<count).map { texts[$0 * texts.count / count] }
  }
}
