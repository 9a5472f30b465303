import BinaryFiles
public import Diagnostics
import Distillation

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What is in the files that runs read, each file hashed once.
public struct DataFingerprints {
  private var known: [String: String] = [:]

  public init() {}

  public mutating func of(_ file: String) throws(ParlanceError) -> RunResult.Fingerprint {
    if let known = known[file] { return RunResult.Fingerprint(file: file, sha256: known) }
    let mapped = try MappedFile(path: file)
    let digest = SHA256.digest(of: mapped.bytes).hexadecimal
    known[file] = digest
    return RunResult.Fingerprint(file: file, sha256: digest)
  }

  /// Of all that a run by the recipe reads and is measured by. Models of the hub are told by their names.
  mutating func of(_ recipe: Recipe, in sweep: Sweep) throws(ParlanceError) -> [RunResult.Fingerprint] {
    var files: [String] = [recipe.vectors]
    for set in recipe.data {
      files += [set.conversations, set.teacher] + [set.qrels, set.rewrites].compactMap(\.self)
    }
    if let file = recipe.student.passages?.texts { files.append(file) }
    if let file = recipe.validation?.conversations { files.append(file) }
    if let file = recipe.validation?.qrels { files.append(file) }
    for set in sweep.evaluate {
      files += [set.conversations, set.qrels]
      if let index = set.index { files.append(Self.manifest(of: index)) }
    }
    for model in Self.models(of: recipe) { files += Self.parts(ofModel: model) }
    var seen: Set<String> = []
    var prints: [RunResult.Fingerprint] = []
    for file in files where seen.insert(file).inserted { prints.append(try of(file)) }
    return prints
  }

  /// It names the files of its index, which are never written again.
  static func manifest(of index: String) -> String { index + "/manifest" }

  /// Weights, settings and words of a model's folder, those of the folders in it included: a pair has one for each side, a
  /// residual student its frozen part. Links are followed.
  private static func parts(ofModel folder: String, depth: Int = 0) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.sorted().filter { !$0.hasPrefix(".") }.flatMap { name in
      let path = folder + "/" + name
      // No model has its parts deeper; links may go in a circle.
      guard FileNames.isOrdinaryFile(path) else { return depth < 3 ? parts(ofModel: path, depth: depth + 1) : [] }
      return [".json", ".safetensors", ".txt"].contains { name.hasSuffix($0) } ? [path] : []
    }
  }

  /// The files that say what is at a path: itself, those of an index or a model, or all of another folder.
  static func files(at path: String) -> [String] {
    if FileNames.isOrdinaryFile(path) { return [path] }
    if FileNames.exists(manifest(of: path)) { return [manifest(of: path)] }
    let parts = parts(ofModel: path)
    return parts.contains { $0.hasSuffix(".safetensors") } ? parts : files(in: path)
  }

  /// The same without those that are, or lie in, one of the paths `written` below it, however these are spelt.
  static func files(at path: String, without written: [String]) -> [String] {
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }
    let folder = resolved(path)
    let left = written.map(resolved).filter { $0.hasPrefix(folder + "/") }.map { path + $0.dropFirst(folder.count) }
    return files(at: path).filter { file in !left.contains { file == $0 || file.hasPrefix($0 + "/") } }
  }

  /// Every file of a folder and of those in it, as far as it is not hidden; no link to a folder is followed.
  private static func files(in folder: String) -> [String] {
    var files: [String] = []
    var folders = [folder]
    while let folder = folders.popLast() {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for name in names where !name.hasPrefix(".") {
        let path = folder + "/" + name
        guard !FileNames.isOrdinaryFile(path) else {
          files.append(path)
          continue
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        if attributes?[.type] as? FileAttributeType == .typeDirectory { folders.append(path) }
      }
    }
    return files.sorted()
  }

  private static func models(of recipe: Recipe) -> [String] {
    var models = [recipe.student.model]
    if let model = recipe.student.residual?.model { models.append(model) }
    if let model = recipe.student.passages?.model { models.append(model) }
    return models
  }

  /// Refuses to go on beside a run that read something else: figures over other data are not to be compared.
  ///
  /// - Throws: `badInput` that names the file.
  public mutating func check(_ prints: [RunResult.Fingerprint], of run: String) throws(ParlanceError) {
    for print in prints where try of(print.file) != print {
      throw ParlanceError(
        .badInput,
        "it changed since the run \(run) read it; parlance runs rm takes finished runs away, or sweep into another folder",
        at: .init(file: print.file))
    }
  }
}
