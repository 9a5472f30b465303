import BinaryFiles
import Diagnostics
import Distillation
import Foundation
import Identifiers
import SparseVectors
import Synchronization
import TestSupport
import Testing

@testable import Experiments

@Suite("the collection that a run's own passage encoder makes")
struct SearchedCollectionTests {
  private static let model = TestSupport.packageRoot + "/Tests/CheckpointsTests/Goldens/bert-old-names"
  private static let ids = ["p0", "p1", "p2"]

  private struct Place {
    let path: String
    var file: String { path + "/own_collection.vectors" }

    init(_ path: String) throws {
      self.path = path
      let texts = SearchedCollectionTests.ids.map {
        #"{"_id":"\#($0)","title":"tag","text":"undo last commit"}"# + "\n"
      }
      try Data(texts.joined().utf8).write(to: URL(filePath: path + "/passages.jsonl"))
    }

    /// Vectors with nothing in them, for their ids and the ids' order.
    func frozen(_ ids: [String], as name: String) throws -> VectorsFile {
      let description = VectorsDescription(
        encoder: EncoderIdentity(digest: String(repeating: "ab", count: 32), name: "frozen"),
        vocabulary: try Vocabulary(pieces: [ExternalID("a")]))
      let path = "\(path)/\(name).vectors"
      try VectorsWriter.write(path, description) { (writer: VectorsWriter) throws(ParlanceError) in
        for id in ids { try writer.append(ExternalID(id), .empty) }
      }
      return try VectorsFile(path: path)
    }

    /// The collection, and how many passages were encoded for it.
    func collection(like frozen: VectorsFile, maxLength: Int = 24) async throws -> (SearchedCollection, encoded: Int) {
      var settings = Recipe.Passages()
      (settings.texts, settings.maxLength) = (path + "/passages.jsonl", maxLength)
      let encoded = Counter()
      let collection = try await SearchedCollection(
        learnedBy: SearchedCollectionTests.model, settings, like: frozen, in: path, cores: 1,
        progress: { progress in
          if progress.activity == "encoding passages" { encoded.count.withLock { $0 = progress.completed } }
        }, interruption: nil)
      return (collection, encoded.count.withLock { $0 })
    }
  }

  private final class Counter: Sendable {
    let count = Mutex(0)
  }

  private func inPlace(_ body: (Place) async throws -> Void) async throws {
    let folder = try TestSupport.temporaryFolder("collection")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(Place(folder))
  }

  @Test("an interrupted measurement leaves it, and no passage is encoded again; another fault and the end remove it")
  func interrupted() async throws {
    try await inPlace { place in
      let frozen = try place.frozen(Self.ids, as: "frozen")
      let (first, encoded) = try await place.collection(like: frozen)
      #expect(encoded == 3 && first.isOwn && first.vectors.count == 3)
      first.remove(after: ParlanceError(.interrupted, "stopped"))
      #expect(FileManager.default.fileExists(atPath: place.file))
      let (second, again) = try await place.collection(like: frozen)
      #expect(again == 0 && second.vectors.count == 3)
      #expect(FileManager.default.fileExists(atPath: second.index + "/manifest"))
      second.remove(after: ParlanceError(.badInput, "wrong"))
      #expect(!FileManager.default.fileExists(atPath: place.file))
      #expect(!FileManager.default.fileExists(atPath: second.index))
      let (third, anew) = try await place.collection(like: frozen)
      #expect(anew == 3)
      third.remove()
      #expect(!FileManager.default.fileExists(atPath: place.file))
    }
  }

  @Test("one of other passages, in another order, or by another encoder is made anew")
  func others() async throws {
    try await inPlace { place in
      let frozen = try place.frozen(Self.ids, as: "frozen")
      #expect(try await place.collection(like: frozen).encoded == 3)
      #expect(try await place.collection(like: frozen, maxLength: 8).encoded == 3)
      #expect(try await place.collection(like: frozen).encoded == 3)
      let (turned, encoded) = try await place.collection(like: place.frozen(Self.ids.reversed(), as: "turned"))
      #expect(try encoded == 3 && turned.vectors.id(at: 0).string == "p2")
      #expect(try await place.collection(like: place.frozen(["p1"], as: "one")).encoded == 1)
      // Damaged, it is none.
      try Data("nothing".utf8).write(to: URL(filePath: place.file))
      #expect(try await place.collection(like: frozen).encoded == 3)
    }
  }
}
