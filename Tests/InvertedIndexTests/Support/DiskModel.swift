import Foundation
import TestSupport

@testable import BinaryFiles

/// What a disk may hold after the machine lost its power at any moment: what was synced, and of the rest whatever the system
/// happened to bring there.
///
/// It watches the operations of writers in one folder. Before each of them it notes what is certain: the bytes of every file as
/// of its last sync, and the names as of the last sync of the folder; and what is not: names that were given, changed and taken
/// since then, and bytes that were written. `restore` makes a folder of one of these moments.
final class DiskModel: @unchecked Sendable {
  /// What a writer did to the names of the folder, which is not on the disk yet.
  enum Change {
    case made(String, file: Int)
    case renamed(String, to: String, file: Int)
    case removed(String)
  }

  /// A moment, between two operations.
  struct Moment {
    var names: [String: Int]
    var changes: [Change]
    /// For each file its bytes as of the last sync; nothing for one that never was.
    var synced: [Int: Data]
    /// The bytes of files that were written to since.
    var written: [Int: Data]
  }

  let folder: String
  private(set) var moments: [Moment] = []
  private var now = Moment(names: [:], changes: [], synced: [:], written: [:])
  /// The files as programs see them.
  private var files: [String: Int] = [:]
  private var fileCount = 0

  init(folder: String) { self.folder = folder }

  /// The layer that writers are to be run under.
  var layer: FaultLayer {
    FaultLayer { [self] _, operation in
      observe(operation)
      return nil
    }
  }

  /// Notes the moment after the last operation.
  func finish() { note() }

  func observe(_ operation: FaultLayer.Operation) {
    note()
    switch operation {
    case .open(let path):
      guard let name = name(path), files[name] == nil else { return }
      files[name] = fileCount
      now.changes.append(.made(name, file: fileCount))
      fileCount += 1
    case .sync(let path):
      if let name = name(path), let file = files[name] { now.synced[file] = contents(name) }
    case .rename(let old, let new):
      guard let old = name(old), let new = name(new), let file = files.removeValue(forKey: old) else { return }
      files[new] = file
      now.changes.append(.renamed(old, to: new, file: file))
    case .remove(let path):
      guard let name = name(path), files.removeValue(forKey: name) != nil else { return }
      now.changes.append(.removed(name))
    case .syncFolder(let path):
      guard path == folder else { return }
      for change in now.changes { Self.apply(change, to: &now.names) }
      now.changes = []
    case .lock, .write, .truncate: break
    }
  }

  private func note() {
    var moment = now
    for (name, file) in files {
      let bytes = contents(name)
      if bytes != now.synced[file] { moment.written[file] = bytes }
    }
    moments.append(moment)
  }

  private func name(_ path: String) -> String? {
    path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : nil
  }

  private func contents(_ name: String) -> Data? { FileManager.default.contents(atPath: folder + "/" + name) }

  private static func apply(_ change: Change, to names: inout [String: Int]) {
    switch change {
    case .made(let name, let file): names[name] = file
    case .renamed(let old, let new, let file):
      if names[old] == file { names[old] = nil }
      names[new] = file
    case .removed(let name): names[name] = nil
    }
  }

  /// Makes the folder `path` of what the disk may hold at a moment.
  ///
  /// - Parameter seed: 0 loses all that was not synced; 1 keeps all names and loses all such bytes; every other number keeps some
  ///   of the names, in no order, and the beginning of some of the bytes.
  static func restore(_ moment: Moment, seed: UInt64, at path: String) throws {
    var random = SeededGenerator(seed: seed)
    var names = moment.names
    for change in moment.changes where seed == 1 || (seed > 1 && Bool.random(using: &random)) {
      apply(change, to: &names)
    }
    try? FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    // A lock is made before anything else is.
    _ = FileManager.default.createFile(atPath: path + "/lock", contents: nil)
    for (name, file) in names.sorted(by: { $0.key < $1.key }) {
      var bytes = moment.synced[file] ?? Data()
      if seed > 1, let written = moment.written[file], Bool.random(using: &random) {
        bytes = written.prefix(Int.random(in: 0...written.count, using: &random))
      }
      try bytes.write(to: URL(fileURLWithPath: path + "/" + name))
    }
  }
}
