import Foundation
import TestSupport
import Testing

@testable import SparseEncoder

/// `Goldens/Model/judge.py` and what it answers.
enum ModelJudge {
  struct Row: Decodable {
    var terms: [UInt32]
    var weights: [Float]
    var positions: [Int32]
    /// How far the greatest logit of a term is from the second one.
    var margins: [Float]
  }

  struct Golden: Decodable {
    var sequences: [[Int32]]
    var rows: [Row]
  }

  struct Request: Encodable {
    var folder: String
    var pooling = "max"
    var activation = "relu"
    var sequences: [[Int32]]
  }

  static let folder = TestSupport.packageRoot + "/Tests/SparseEncoderTests/Goldens/Model"

  static func golden(_ name: String) throws -> Golden {
    try JSONDecoder().decode(Golden.self, from: Data(contentsOf: URL(filePath: "\(folder)/\(name).json")))
  }

  static func rows(_ request: Request) throws -> [Row] {
    try JSONDecoder().decode([Row].self, from: run(["rows"], input: JSONEncoder().encode(request)))
  }

  /// Makes a random model and returns its folder, which the caller removes.
  static func make(_ family: String, seed: Int) throws -> String {
    let folder = try TestSupport.temporaryFolder("model-\(family)")
    _ = try run(["make", family, String(seed), folder], input: Data())
    return folder
  }

  private static func run(_ arguments: [String], input: Data) throws -> Data {
    let inputs = try TestSupport.temporaryFolder("judge")
    defer { try? FileManager.default.removeItem(atPath: inputs) }
    let file = URL(filePath: inputs + "/input.json")
    try input.write(to: file)
    let process = Process()
    process.executableURL = URL(filePath: try #require(TestSupport.judgePython))
    process.arguments = [folder + "/judge.py"] + arguments
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardError = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let answer = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "the judge failed: \(arguments)")
    return answer
  }

  /// Expects rows to be the judge's: weights within `tolerance`, the same support above 1e-4, the same positions where the
  /// judge's two greatest logits are further apart than rounding.
  static func expect(
    _ rows: SparseRows, equal judged: [Row], within tolerance: Float = 1e-5, _ comment: Comment
  ) {
    #expect(rows.count == judged.count, comment)
    for (index, expected) in judged.enumerated() where index < rows.count {
      let range = rows.range(of: index)
      var own: [UInt32: (weight: Float, position: Int32)] = [:]
      for i in range { own[rows.terms[i].rawValue] = (rows.weights[i], rows.positions[i]) }
      #expect(zip(rows.terms[range], rows.terms[range].dropFirst()).allSatisfy { $0 < $1 }, "ascending terms")
      var greatest: Float = 0
      for (i, term) in expected.terms.enumerated() {
        let weight = own[term]?.weight ?? 0
        greatest = max(greatest, abs(weight - expected.weights[i]))
        if expected.weights[i] > 1e-4 { #expect(own[term] != nil, "term \(term) of row \(index) is missing") }
        if let position = own[term]?.position, expected.margins[i] > 1e-4 {
          #expect(position == expected.positions[i], "position of term \(term) in row \(index)")
        }
      }
      let judgedTerms = Set(expected.terms)
      for (term, value) in own where !judgedTerms.contains(term) {
        greatest = max(greatest, value.weight)
        #expect(value.weight <= 1e-4, "term \(term) of row \(index) should not be active")
      }
      #expect(greatest < tolerance, "\(comment): row \(index) differs by \(greatest)")
    }
  }
}
