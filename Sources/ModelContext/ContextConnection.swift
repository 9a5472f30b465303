public import StrictJSON
import Synchronization

/// A client at the other end of two streams: requests are answered side by side, and taken back when the client says so.
public final class ContextConnection: Sendable {
  private struct State {
    var negotiated: ProtocolVersion?
    /// The requests that are being answered, or wait for their turn.
    var running: [RPCID: Running] = [:]
    var begun = 0
    /// Those as well that were taken back and have not ended yet.
    var unfinished = 0
  }

  private struct Running {
    /// Tells it from an earlier request with the same id that was taken back and has not ended yet.
    var number: Int
    var task: Task<Void, Never>
  }

  private let server: ContextServer
  private let send: @Sendable (JSONValue) -> Void
  private let turns: Turns
  /// Requests that are taken and not done; one more is refused, so that a client that never stops costs bounded memory.
  private let most: Int
  private let state = Mutex(State())

  /// - Parameters:
  ///   - atOnce: requests that are worked at side by side.
  ///   - waiting: further ones that wait for their turn; meanwhile notifications are heard, such as that one is taken back.
  ///   - send: writes one message; called from any task, one message at a time or several.
  public init(
    _ server: ContextServer, atOnce: Int = 32, waiting: Int = 1024, send: @escaping @Sendable (JSONValue) -> Void
  ) {
    self.server = server
    self.send = send
    turns = Turns(atOnce)
    most = atOnce + waiting
  }

  /// Takes one message and answers it, or begins to.
  ///
  /// - Returns: what is still being worked at; `nil` when the message has been dealt with.
  @discardableResult
  public func receive(_ bytes: [UInt8]) async -> Task<Void, Never>? {
    do {
      switch try RPCMessage(parsing: bytes) {
      case .request(let request): return try await begin(request)
      case .notification("notifications/cancelled", let params): cancel(params)
      case .notification, .response: break
      }
    } catch {
      send(error.answer)
    }
    return nil
  }

  private func begin(_ request: RPCRequest) async throws(RPCRefusal) -> Task<Void, Never>? {
    // What comes next is read by what the first settles on; the second asks whether anybody is there, however busy.
    if request.method == "initialize" || request.method == "ping" {
      let answer = await server.answer(request, negotiated: state.withLock { $0.negotiated })
      if let negotiated = answer.negotiated { state.withLock { $0.negotiated = negotiated } }
      answer.messages.forEach(send)
      return nil
    }
    return try state.withLock { state throws(RPCRefusal) in
      guard state.running[request.id] == nil else {
        throw RPCRefusal(RPCError(.invalidRequest, "a request with this id is being answered"), request.id)
      }
      guard state.unfinished < most else {
        throw RPCRefusal(RPCError(.busy, "\(most) requests are not done yet; come again when some are"), request.id)
      }
      let negotiated = state.negotiated
      state.begun += 1
      state.unfinished += 1
      let number = state.begun
      let task = Task { await self.answer(request, negotiated: negotiated, number) }
      state.running[request.id] = Running(number: number, task: task)
      return task
    }
  }

  private func answer(_ request: RPCRequest, negotiated: ProtocolVersion?, _ number: Int) async {
    await turns.take()
    let answer = Task.isCancelled ? nil : await server.answer(request, negotiated: negotiated)
    turns.giveBack()
    // A request that was taken back is not in the table, and its answer goes nowhere.
    let isWanted = state.withLock { state in
      state.unfinished -= 1
      guard state.running[request.id]?.number == number else { return false }
      state.running[request.id] = nil
      return true
    }
    if isWanted { answer?.messages.forEach(send) }
  }

  /// What is not known, or answered already, is passed over.
  private func cancel(_ params: JSONObject) {
    guard let id = params["requestId"].flatMap({ RPCID($0) }) else { return }
    state.withLock { $0.running.removeValue(forKey: id) }?.task.cancel()
  }

  /// Takes everything back: nobody is left to be answered.
  func giveUp() {
    let running = state.withLock { state in
      defer { state.running = [:] }
      return state.running
    }
    for request in running.values { request.task.cancel() }
  }
}
