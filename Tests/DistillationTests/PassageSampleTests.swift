import Testing

@testable import Distillation

@Suite("A sample of passages")
struct PassageSampleTests {
  @Test("counts what it holds")
  func count() {
    let sample = PassageSample(passages: [3, 1], teacherScores: [2, 1], positives: 1)
    #expect(sample.count == 2)
  }
}
