package import Diagnostics

/// The routes of a service, and the way of a request through them: who asks, may they, does it exist, and what came of it.
package struct RouteTable: Sendable {
  private let routes: [Route]
  private let gate: AccessGate
  private let log: @Sendable (RequestRecord) -> Void
  private let metrics: ServiceMetrics

  package init(
    _ routes: [Route], gate: AccessGate = AccessGate(), metrics: ServiceMetrics = ServiceMetrics(),
    log: @escaping @Sendable (RequestRecord) -> Void = { _ in }
  ) {
    self.routes = routes
    self.gate = gate
    self.metrics = metrics
    self.log = log
  }

  /// What is there: `POST /v1/search`.
  package var names: [String] { routes.map { "\($0.method) \($0.path)" } }

  /// Whether a request gets through by its head alone: by its host, its path and method, and its key. Of one that does not, no
  /// body needs to be read.
  package func admits(_ head: APIRequest) -> Bool {
    var record = RequestRecord(method: head.method, path: "")
    return (try? find(head, &record)) != nil
  }

  /// - Parameter fault: what is wrong with the request whatever it asks for.
  package func answer(_ request: APIRequest, failing fault: Problem? = nil) async -> APIResponse {
    let clock = ContinuousClock()
    let start = clock.now
    metrics.requestBegan()
    var record = RequestRecord(method: request.method, path: "")
    var response: APIResponse
    do {
      let work = try find(request, &record)
      if let fault { throw fault }
      response = try await finish(work, by: request)
    } catch {
      let problem = problem(of: error, request)
      record.cause = problem.cause
      response = problem.response(instance: problem.status >= 500 ? "urn:parlance:request:\(record.id)" : nil)
    }
    gate.addHeaders(to: &response, for: request)
    record.status = response.status
    record.time = clock.now - start
    metrics.requestEnded(route: record.path, method: record.method, status: record.status, time: record.time)
    log(record)
    return response
  }

  private typealias Work = @Sendable () async throws -> APIResponse

  /// Does the work, which is told to stop when the request's time is over.
  private func finish(_ work: @escaping Work, by request: APIRequest) async throws -> APIResponse {
    let task = Task { try await work() }
    let timer = Task {
      try await Task.sleep(until: request.deadline, clock: .continuous)
      request.interruption.request()
      task.cancel()
    }
    defer { timer.cancel() }
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// What there is to do for a request.
  ///
  /// - Throws: `Problem` for a host, a key, a path or a method that is not the right one.
  private func find(_ request: APIRequest, _ record: inout RequestRecord) throws(Problem) -> Work {
    try gate.checkHost(request)
    let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
    var allowed: [String] = []
    for route in routes {
      guard let parameters = route.parameters(of: parts) else { continue }
      // A HEAD is a GET whose body is left out.
      guard route.method == request.method || (request.method == "HEAD" && route.method == "GET") else {
        allowed += route.method == "GET" ? ["GET", "HEAD"] : [route.method]
        continue
      }
      record.path = route.path
      var request = request
      request.parameters = parameters
      if route.access != .open { request.key = try gate.checkKey(request, for: route.access) }
      record.key = request.key?.name
      return { [request] in try await route.answer(request) }
    }
    if allowed.isEmpty { throw Problem(404, "Not found", "there is nothing at this path") }
    record.path = routes.first { $0.parameters(of: parts) != nil }?.path ?? ""
    if request.method == "OPTIONS", let preflight = gate.preflight(request, allowing: allowed) {
      return { preflight }
    }
    var problem = Problem(
      405, "Method not allowed", "the path takes \(allowed.joined(separator: ", ")), not this method")
    problem.allowed = allowed
    throw problem
  }

  private func problem(of error: any Error, _ request: APIRequest) -> Problem {
    let problem = self.problem(of: error)
    // What was stopped by the clock was not stopped by its client.
    guard problem.status == Problem.cancelled.status, request.deadline <= .now else { return problem }
    metrics.refused("deadline")
    return .late
  }

  private func problem(of error: any Error) -> Problem {
    switch error {
    case let problem as Problem: problem
    case let error as ParlanceError: Problem(error)
    case is CancellationError: .cancelled
    default: Problem(ParlanceError(.internalFault, "\(error)"))
    }
  }
}

/// What the log says of a request; never its words.
package struct RequestRecord: Sendable {
  /// Names the request in the log and in the answer to one that failed.
  package var id = UInt64.random(in: 0 ... .max)
  package var method: String
  /// The route, such as `/v1/sessions/{id}`; empty where there is none.
  package var path: String
  package var status = 0
  package var time: Duration = .zero
  /// The name of the key.
  package var key: String?
  package var cause: ParlanceError?
}
