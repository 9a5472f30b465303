import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Checkpoints

@Suite("Students and their parts")
struct StudentPartsTests {
  /// Gives `body` the folder of a student and removes it.
  private func student(
    _ residual: StudentDeclaration.Residual?, keptTerms: Int? = nil, _ body: (String) throws -> Void
  ) throws {
    let root = try TestSupport.temporaryFolder("student")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let source = try Checkpoint(folder: Fixtures.path("bert-old-names"))
    try source.copy(to: root + "/student")
    if residual != nil { try source.copy(to: root + "/student/frozen", maxLength: 20) }
    try StudentDeclaration(
      passageSpaceDigest: "d", passageSpaceName: "n", form: "conversation", keptTerms: keptTerms, residual: residual
    ).write(to: root + "/student")
    try body(root + "/student")
  }

  @Test("a copy has the bytes of weights and tokenizer, and reads as the same model", arguments: CheckpointTests.all)
  func copies(_ name: String) throws {
    let source = try Checkpoint(folder: Fixtures.path(name))
    let root = try TestSupport.temporaryFolder("copied")
    defer { try? FileManager.default.removeItem(atPath: root) }
    guard source.staticQueries == nil else {
      let failure = Fixtures.failure { () throws(ParlanceError) in try source.copy(to: root + "/copy") }
      #expect(failure?.code == .badInput && failure?.message.contains("by a table") == true)
      return
    }
    try source.copy(to: root + "/copy")
    let copy = try Checkpoint(folder: root + "/copy")
    #expect(copy.architecture == source.architecture && copy.head == source.head && copy.prompts == source.prompts)
    #expect(copy.maxLength == source.maxLength && copy.licence == source.licence)
    #expect(copy.tokenizer.configuration == source.tokenizer.configuration)
    for (left, right) in zip(copy.tensors.files, source.tensors.files) {
      #expect(FileManager.default.contentsEqual(atPath: left.path, andPath: right.path))
    }
    #expect(copy.tensors.files.count == source.tensors.files.count)
    #expect(try Checkpoint.missingFiles(in: root + "/copy") == [])
  }

  @Test("a model of one shard and an index is copied with its index")
  func copiesOneShard() throws {
    let folder = try Fixtures.copy(of: "bert-old-names")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let names = try Checkpoint(folder: folder).tensors.entries.map(\.name)
    let shard = "model-00001-of-00001.safetensors"
    try FileManager.default.moveItem(atPath: folder + "/model.safetensors", toPath: folder + "/" + shard)
    let map = names.map { "\"\($0)\": \"\(shard)\"" }.joined(separator: ", ")
    try Fixtures.write("{\"weight_map\": {\(map)}}", to: folder + "/model.safetensors.index.json")
    let source = try Checkpoint(folder: folder)
    try source.copy(to: folder + "/copy")
    let copy = try Checkpoint(folder: folder + "/copy")
    #expect(copy.tensors.files.map(\.path) == [folder + "/copy/" + shard])
    #expect(try copy.floats(.wordEmbeddings) == source.floats(.wordEmbeddings))
  }

  @Test("a student's copy is the same student, with its gate and its frozen encoder")
  func copiesStudents() throws {
    var gate = [Float](repeating: 0.5, count: 103)
    gate[7] = 2
    try student(.init(gate: .terms(gate)), keptTerms: 4) { folder in
      let source = try Checkpoint(folder: folder)
      try source.copy(to: folder + "/copy")
      let copy = try Checkpoint(folder: folder + "/copy")
      #expect(copy.student == source.student && copy.student?.keptTerms == 4)
      #expect(try copy.frozenPart()?.maxLength == 20)
    }
  }

  @Test("what a student's folder lacks is named, its frozen encoder's and its gate's files as well")
  func missing() throws {
    try student(.init(gate: .terms([Float](repeating: 1, count: 103)))) { folder in
      #expect(try Checkpoint.missingFiles(in: folder) == [])
      for path in ["gate.safetensors", "frozen/config.json", "frozen/model.safetensors"] {
        try FileManager.default.moveItem(atPath: folder + "/" + path, toPath: folder + "/aside")
        let missing = try Checkpoint.missingFiles(in: folder)
        #expect(missing.count == 1 && missing[0].contains(path), "\(path): \(missing)")
        let opens = Fixtures.failure { () throws(ParlanceError) in _ = try Checkpoint(folder: folder).frozenPart() }
        #expect(opens != nil, "\(path)")
        try FileManager.default.moveItem(atPath: folder + "/aside", toPath: folder + "/" + path)
      }
    }
  }

  @Test("what the passage encoder that learned with a student lacks is named, once some of it is there")
  func missingPassages() throws {
    try student(nil, keptTerms: 4) { folder in
      #expect(try Checkpoint.missingFiles(in: folder) == [])
      try Checkpoint(folder: Fixtures.path("bert-old-names")).copy(to: folder + "/passages")
      #expect(try Checkpoint.missingFiles(in: folder) == [])
      for path in ["passages/config.json", "passages/model.safetensors", "passages/1_SpladePooling/config.json"] {
        try FileManager.default.moveItem(atPath: folder + "/" + path, toPath: folder + "/aside")
        let missing = try Checkpoint.missingFiles(in: folder)
        #expect(missing.count == 1 && missing[0].contains(path), "\(path): \(missing)")
        let opens = Fixtures.failure { () throws(ParlanceError) in _ = try Checkpoint(folder: folder).passagesPart() }
        #expect(opens != nil, "\(path)")
        try FileManager.default.moveItem(atPath: folder + "/aside", toPath: folder + "/" + path)
      }
    }
  }

  @Test("of a pair the query side and the document side are opened, and what either lacks is named")
  func pairs() throws {
    for residual in [nil, StudentDeclaration.Residual(gate: .scalar(1))] {
      try student(residual, keptTerms: 4) { folder in
        let pair = folder + "-pair"
        defer { try? FileManager.default.removeItem(atPath: pair) }
        try Checkpoint(folder: folder).copy(to: pair + "/query")
        if residual == nil { try Checkpoint(folder: Fixtures.path("bert-old-names")).copy(to: pair + "/document") }
        var files = SentenceTransformersFiles(prompts: Prompts())
        files.addModule("parlance_student.ParlanceStudent", file: "parlance_student.py", text: "")
        try files.write(to: pair)
        #expect(try Checkpoint.missingFiles(in: pair) == [])
        let opened = try Checkpoint(folder: pair)
        #expect(opened.student == nil && opened.name == "student-pair")
        #expect(opened.maxLength == (residual == nil ? 24 : 20))
        #expect(try opened.queryPart()?.student?.keptTerms == 4)
        for path in ["query/config.json", residual == nil ? "document/config.json" : "query/frozen/config.json"] {
          try FileManager.default.moveItem(atPath: pair + "/" + path, toPath: pair + "/aside")
          #expect(try Checkpoint.missingFiles(in: pair) == [[path]])
          try FileManager.default.moveItem(atPath: pair + "/aside", toPath: pair + "/" + path)
        }
      }
    }
  }

  @Test("a router whose queries have an encoder of their own gives both, each with its pooling")
  func routers() throws {
    let root = try TestSupport.temporaryFolder("router")
    defer { try? FileManager.default.removeItem(atPath: root) }
    let source = try Checkpoint(folder: Fixtures.path("bert-old-names"))
    try source.copy(to: root + "/query", maxLength: 9)
    try source.copy(to: root + "/document")
    var files = SentenceTransformersFiles(prompts: Prompts(query: "q: ", passage: "p: "))
    files.addRoute("query", folder: "query", head: SparseHead(pooling: .sum, activation: .log1pReLU))
    files.addRoute("document", folder: "document", head: .spladeMax)
    try files.write(to: root)
    let router = try Checkpoint(folder: root)
    #expect(router.head == .spladeMax && router.maxLength == 24 && router.prompts.passage == "p: ")
    let queries = try #require(try router.queryPart())
    #expect(queries.head == SparseHead(pooling: .sum, activation: .log1pReLU))
    #expect(queries.maxLength == 9 && queries.prompts.query == "q: ")
    #expect(try queries.queryPart() == nil)
    try FileManager.default.removeItem(atPath: root + "/query/model.safetensors")
    #expect(
      try Checkpoint.missingFiles(in: root) == [["query/model.safetensors", "query/model.safetensors.index.json"]])
  }
}
