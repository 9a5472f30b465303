import Diagnostics
import Synchronization

/// What the service counts about itself, for Prometheus.
///
/// Labels have few values: routes and not paths, known methods and `other`, so that nobody outside can make them many.
package final class ServiceMetrics: Sendable {
  private struct Families {
    var requests = MetricFamily(
      "parlance_http_requests_total", .counter, help: "Requests that were answered, by route, method and status.")
    var requestTime = MetricFamily(
      "parlance_http_request_duration_seconds", .histogram(ServiceMetrics.times),
      help: "From a request's body to its answer, by route.")
    var inFlight = MetricFamily("parlance_http_requests_in_flight", .gauge, help: "Requests that are being answered.")
    var refused = MetricFamily(
      "parlance_refused_total", .counter, help: "Work that was not taken: the queue was full, or the deadline over.")
    var encodeTime = MetricFamily(
      "parlance_encode_batch_duration_seconds", .histogram(ServiceMetrics.times),
      help: "Time of one batch of queries in the model.")
    var batch = MetricFamily(
      "parlance_encode_batch_queries", .histogram([1, 2, 4, 8, 16, 32, 64]),
      help: "Queries that went through the model together.")
    var cache = MetricFamily(
      "parlance_query_cache_lookups_total", .counter, help: "Looks into the cache of encoded queries, by result.")
    var searchTime = MetricFamily(
      "parlance_search_duration_seconds", .histogram(ServiceMetrics.times),
      help: "From a query's vector to its passages, texts included.")
    var postings = MetricFamily("parlance_search_postings_total", .counter, help: "Postings that searches added up.")
    var passages = MetricFamily("parlance_index_passages", .gauge, help: "Passages of the index that is served.")
    var reloads = MetricFamily("parlance_reloads_total", .counter, help: "Reloads of index and model, by result.")
    var start = MetricFamily(
      "process_start_time_seconds", .gauge, help: "When the process started, in seconds since 1970.")
    var memory = MetricFamily(
      "process_resident_memory_bytes", .gauge, help: "Memory of the process, mapped files included.")
    var processor = MetricFamily(
      "process_cpu_seconds_total", .counter, help: "Time that the processors spent on the process.")
  }

  private static let times = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
  private static let methods: Set<String> = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"]

  private let families = Mutex(Families())

  package init() {
    families.withLock { families in
      for reason in ["queue", "deadline"] { families.refused.set(0, labels: [("reason", reason)]) }
      for result in ["hit", "miss"] { families.cache.set(0, labels: [("result", result)]) }
      for result in ["done", "failed"] { families.reloads.set(0, labels: [("result", result)]) }
      families.inFlight.set(0)
      families.postings.set(0)
      families.start.set(ProcessFigures.now)
    }
  }

  func requestBegan() {
    families.withLock { $0.inFlight.add(1) }
  }

  func requestEnded(route: String, method: String, status: Int, time: Duration) {
    let route = route.isEmpty ? "other" : route
    let method = Self.methods.contains(method) ? method : "other"
    families.withLock { families in
      families.inFlight.add(-1)
      families.requests.add(1, labels: [("route", route), ("method", method), ("status", String(status))])
      families.requestTime.add(time.seconds, labels: [("route", route)])
    }
  }

  func refused(_ reason: String) {
    families.withLock { $0.refused.add(1, labels: [("reason", reason)]) }
  }

  func encoded(batch: Int, seconds: Double) {
    families.withLock { families in
      families.batch.add(Double(batch))
      families.encodeTime.add(seconds)
    }
  }

  func lookedUp(isHit: Bool) {
    families.withLock { $0.cache.add(1, labels: [("result", isHit ? "hit" : "miss")]) }
  }

  func searched(_ time: Duration, postings: Int) {
    families.withLock { families in
      families.searchTime.add(time.seconds)
      families.postings.add(Double(postings))
    }
  }

  func loaded(passages: Int) {
    families.withLock { $0.passages.set(Double(passages)) }
  }

  func reloaded(isDone: Bool) {
    families.withLock { $0.reloads.add(1, labels: [("result", isDone ? "done" : "failed")]) }
  }

  /// Everything, in Prometheus's text format.
  package var text: String {
    let process = ProcessFigures.read()
    return families.withLock { families in
      if let process {
        families.memory.set(Double(process.residentBytes))
        families.processor.set(process.processorSeconds)
      }
      var text = ""
      for family in [
        families.requests, families.requestTime, families.inFlight, families.refused, families.encodeTime,
        families.batch, families.cache, families.searchTime, families.postings, families.passages, families.reloads,
        families.start, families.memory, families.processor,
      ] { family.write(to: &text) }
      return text
    }
  }
}
