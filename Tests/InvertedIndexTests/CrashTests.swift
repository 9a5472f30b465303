import Conversations
import Diagnostics
import Foundation
import Identifiers
import SparseVectors
import Testing

@testable import BinaryFiles
@testable import InvertedIndex

@Suite("An index whose writer or machine stops at any moment")
struct CrashTests {
  /// Everything that an index holds, f32 weights read back out of the postings.
  static func contents(_ index: InvertedIndex) throws(ParlanceError) -> [String] {
    let passages = MergedPassages(index.segments)
    let texts = passages.texts
    var contents: [String] = []
    for number in 0..<passages.count {
      let text = try texts?.next()
      contents.append("\(try passages.id(at: number)) \(try passages.vector(at: number)) \(text as Any)")
    }
    return contents.sorted()
  }

  /// Builds, adds, replaces, deletes, merges, and builds anew.
  static let steps: [@Sendable (String) throws -> Void] = {
    @Sendable func vectors(_ ids: [ExternalID], _ weight: Float) -> MemoryVectors {
      MemoryVectors(ids.enumerated().map { SparseVector([UInt32($0.offset % 3): weight, 3: 1]) }, ids: ids)
    }
    func build(_ ids: [ExternalID]) -> @Sendable (String) throws -> Void {
      { path in
        let own = vectors(ids, 2)
        _ = try InvertedIndex.built(own, vocabularySize: 4, weights: .f32, texts: Texts.of(own), at: path)
      }
    }
    func add(_ ids: [ExternalID], _ weight: Float) -> @Sendable (String) throws -> Void {
      { path in
        let own = vectors(ids, weight)
        try LiveIndex(path: path).add(own, by: .test, texts: Texts.of(own))
      }
    }
    return [
      build(["a", "b", "c", "d"]), add(["e", "f"], 3), { try LiveIndex(path: $0).delete(["b"]) }, add(["a", "g"], 4),
      { try LiveIndex(path: $0).delete(["e", "f"]) }, { try LiveIndex(path: $0).merge() }, add(["h"], 5),
      { try LiveIndex(path: $0).delete(["h", "c"]) }, { try LiveIndex(path: $0).merge() }, build(["x"]),
    ]
  }()

  @Test("is what it was before or what it was to be, whatever the disk kept, in over 1,000 schedules")
  func powerLoss() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    let disk = DiskModel(folder: path)
    // After each step how many moments there were, and what the index held.
    var ends: [(moments: Int, contents: [String]?)] = [(0, nil)]
    for step in Self.steps {
      try FaultLayer.$current.withValue(disk.layer) { try step(path) }
      disk.finish()
      ends.append((disk.moments.count, try Self.contents(InvertedIndex(path: path))))
    }
    #expect(Set(ends.compactMap(\.contents)).count == 8)

    var schedules = 0
    for (place, end) in ends.enumerated().dropFirst() {
      for moment in ends[place - 1].moments..<end.moments {
        for seed in [0, 1] + (0..<4).map({ UInt64(10 * moment + $0 + 2) }) {
          schedules += 1
          let context = Comment("step \(place), moment \(moment), seed \(seed)")
          try DiskModel.restore(disk.moments[moment], seed: seed, at: scratch("restored"))
          let found: [String]?
          do { found = try Self.contents(InvertedIndex(path: scratch("restored"))) } catch {
            #expect(error.code == .noInput, "\(context): \(error)")
            found = nil
          }
          // What was acknowledged is there: the last moment of a step has the step's result.
          let isEnd = moment == end.moments - 1
          #expect(found == end.contents || (!isEnd && found == ends[place - 1].contents), context)
          if found != nil { #expect(try InvertedIndex.verify(path: scratch("restored")) == [], context) }
          if seed == 0, moment % 4 == 0 {
            // The next writer clears up what is left.
            if found == nil { try Self.steps[0](scratch("restored")) } else { try Self.steps[1](scratch("restored")) }
            let manifest = try IndexManifest.read(from: scratch("restored")).manifest
            let left = Set(try FileManager.default.contentsOfDirectory(atPath: scratch("restored")))
            #expect(left == Set(manifest.files.map(\.name) + ["manifest", "lock"]), context)
          }
        }
      }
    }
    #expect(schedules >= 1000, "\(schedules)")
  }

  @Test("is whole when the next writer comes after a crash and then the machine stops")
  func powerLossAfterCrash() throws {
    let scratch = try Scratch()
    let path = scratch("index")
    let counter = FaultLayer()
    for step in Self.steps[..<2] { try FaultLayer.$current.withValue(counter) { try step(path) } }
    let first = FaultLayer()
    try FileManager.default.removeItem(atPath: path)
    try FaultLayer.$current.withValue(first) { try Self.steps[0](path) }
    let operations = first.operations.count..<counter.operations.count
    var schedules = 0
    // The last operations are those that bring the new manifest to its place and take the old files away.
    for last in operations.suffix(8) {
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let disk = DiskModel(folder: path)
      try FaultLayer.$current.withValue(disk.layer) { try Self.steps[0](path) }
      let old = try Self.contents(InvertedIndex(path: path))
      let crashing = FaultLayer { number, operation in
        if number == last - operations.lowerBound { return .crash(writing: 0) }
        disk.observe(operation)
        return nil
      }
      FaultLayer.$current.withValue(crashing) { try? Self.steps[1](path) }
      let crashed = try Self.contents(InvertedIndex(path: path))
      let begin = disk.moments.count
      try FaultLayer.$current.withValue(disk.layer) { _ = try LiveIndex(path: path).delete(["d"]) }
      disk.finish()
      let new = try Self.contents(InvertedIndex(path: path))
      for moment in begin..<disk.moments.count {
        for seed in [0, 1] + (0..<3).map({ UInt64(10 * moment + $0 + 2) }) {
          schedules += 1
          try DiskModel.restore(disk.moments[moment], seed: seed, at: scratch("restored"))
          let found = try? Self.contents(InvertedIndex(path: scratch("restored")))
          let context = Comment("operation \(last), moment \(moment), seed \(seed)")
          #expect(found == old || found == crashed || found == new, context)
        }
      }
    }
    #expect(schedules > 100, "\(schedules)")
  }

  @Test(
    "goes on from there, when a disk is full or the process ends",
    arguments: [FaultLayer.Fault.error(28), .crash(writing: 0), .crash(writing: 9)])
  func faults(fault: FaultLayer.Fault) throws {
    let scratch = try Scratch()
    // The index before each step, and after it.
    var before = scratch("0")
    try Self.steps[0](before)
    for (number, step) in Self.steps.enumerated().dropFirst() {
      let after = scratch("\(number)")
      try FileManager.default.copyItem(atPath: before, toPath: after)
      let counter = FaultLayer()
      try FaultLayer.$current.withValue(counter) { try step(after) }
      let old = try Self.contents(InvertedIndex(path: before))
      let new = try Self.contents(InvertedIndex(path: after))
      let oldManifest = try IndexManifest.read(from: before).manifest
      for operation in counter.operations.indices {
        let context = Comment("step \(number), operation \(operation): \(counter.operations[operation])")
        let path = scratch("broken")
        try FileManager.default.copyItem(atPath: before, toPath: path)
        let faults = FaultLayer { number, _ in number == operation ? fault : nil }
        var isDone = true
        do { try FaultLayer.$current.withValue(faults) { try step(path) } } catch { isDone = false }
        let found = try Self.contents(InvertedIndex(path: path))
        #expect(found == new || (!isDone && found == old), context)
        #expect(try InvertedIndex.verify(path: path) == [], context)
        let manifest = try IndexManifest.read(from: path).manifest
        if case .error = fault, manifest == oldManifest {
          // Nothing is left behind on a disk that is full. Files of before stay where nobody knows whether the new names are on
          // the disk.
          let left = Set(try FileManager.default.contentsOfDirectory(atPath: path))
          #expect(left == Set(manifest.files.map(\.name) + ["manifest", "lock"]), context)
        }
        try LiveIndex(path: path).delete(["d", "x"])
        let rest = found.filter { !["d", "x"].contains($0.prefix(1)) }
        #expect(try Self.contents(InvertedIndex(path: path)) == rest, context)
        try FileManager.default.removeItem(atPath: path)
      }
      before = after
    }
  }

  @Test("says so when a file is cut short while it is open, for every part that was not read yet")
  func shrunk() throws {
    let scratch = try Scratch()
    for name in ["postings", "passages"] {
      try DamageTests.build(scratch("index"))
      let index = try InvertedIndex(path: scratch("index"))
      let file = try #require(index.manifest.files.first { $0.name.hasSuffix(name) })
      let handle = try #require(FileHandle(forWritingAtPath: scratch("index/" + file.name)))
      try handle.truncate(atOffset: 0)
      try handle.close()
      let error = #expect(throws: ParlanceError.self) {
        for hit in try index.search(SparseVector([0: 1, 2: 1]), k: 3).hits { _ = try index.id(of: hit.document) }
      }
      #expect(error?.code == .badInput && error?.message.contains("changed in place") == true, "\(error as Any)")
      try FileManager.default.removeItem(atPath: scratch("index"))
    }
  }
}
