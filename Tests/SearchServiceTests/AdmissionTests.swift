import Testing

@testable import SearchService

@Suite("admission to work")
struct AdmissionTests {
  @Test("who comes beyond the limit is told to come again, counted, and takes no place; a place that is left is free")
  func limit() throws {
    let metrics = ServiceMetrics()
    let admission = Admission(limit: 2, metrics: metrics)
    try admission.enter()
    try admission.enter()
    for _ in 0..<3 { #expect(throws: Problem.busy(retryAfter: 1)) { try admission.enter() } }
    #expect(metrics.text.contains("parlance_refused_total{reason=\"queue\"} 3\n"))
    admission.leave()
    try admission.enter()
    #expect(throws: Problem.busy(retryAfter: 1)) { try admission.enter() }
  }
}
