public import StrictJSON
import Synchronization

/// A client at the other end of two streams: requests are answered side by side, and taken back when the client says so.
public final class ContextConnection: Sendable {
  private struct State {
    var negotiated: ProtocolVersion?
    /// The requests that are being answered.
    var running: [RPCID: Running] = [:]
    var begun = 0
  }

  private struct Running {
    /// Tells it from an earlier request with the same id that was taken back and has not ended yet.
    var number: Int
    var task: Task<Void, Never>
  }

  private let server: ContextServer
  private let send: @Sendable (JSONValue) -> Void
  private let state = Mutex(State())

  /// - Parameter send: writes one message; called from any task, one message at a time or several.
  public init(_ server: ContextServer, send: @escaping @Sendable (JSONValue) -> Void) {
    self.server = server
    self.send = send
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
    if request.method == "initialize" {
      // What comes next is read by what this settles on.
      let answer = await server.answer(request, negotiated: nil)
      if let negotiated = answer.negotiated { state.withLock { $0.negotiated = negotiated } }
      answer.messages.forEach(send)
      return nil
    }
    return try state.withLock { state throws(RPCRefusal) in
      guard state.running[request.id] == nil else {
        throw RPCRefusal(RPCError(.invalidRequest, "a request with this id is being answered"), request.id)
      }
      let negotiated = state.negotiated
      state.begun += 1
      let number = state.begun
      let task = Task { await self.answer(request, negotiated: negotiated, number) }
      state.running[request.id] = Running(number: number, task: task)
      return task
    }
  }

  private func answer(_ request: RPCRequest, negotiated: ProtocolVersion?, _ number: Int) async {
    let answer = await server.answer(request, negotiated: negotiated)
    // A request that was taken back is not in the table, and its answer goes nowhere.
    let isWanted = state.withLock { state in
      guard state.running[request.id]?.number == number else { return false }
      state.running[request.id] = nil
      return true
    }
    if isWanted { answer.messages.forEach(send) }
  }

  /// What is not known, or answered already, is passed over.
  private func cancel(_ params: JSONObject) {
    guard let id = params["requestId"].flatMap({ RPCID($0) }) else { return }
    state.withLock { $0.running.removeValue(forKey: id) }?.task.cancel()
  }
}
