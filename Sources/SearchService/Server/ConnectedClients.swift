#if Network
  import NIOCore
  import Synchronization

  /// The connections that are open, and for each what to do when its client leaves.
  ///
  /// Before their number reaches its limit, the one whose client has been waited for longest is closed: who opens connections
  /// and asks nothing keeps nobody out.
  final class ConnectedClients: Sendable {
    private struct Client {
      var channel: any Channel
      /// Requests that came whole, less answers that are out: below 0 where an answer was out before its request had come.
      var requests = 0
      /// When it was last begun to be waited for, in the order of such events.
      var waiting: Int
      var hasLeft = false
      var onLeaving: (@Sendable () -> Void)?
    }

    private struct State {
      var clients: [ObjectIdentifier: Client] = [:]
      var events = 0

      mutating func event() -> Int {
        events += 1
        return events
      }

      /// Takes out the client that was waited for longest, and none whose request is at work.
      mutating func removeLongest() -> Client? {
        let longest = clients.values.filter { $0.requests <= 0 }.min { $0.waiting < $1.waiting }
        if let longest { clients[ObjectIdentifier(longest.channel)] = nil }
        return longest
      }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
      self.limit = limit
    }

    func add(_ channel: any Channel) {
      let longest = state.withLock { state -> Client? in
        let longest = state.clients.count + 1 >= limit ? state.removeLongest() : nil
        state.clients[ObjectIdentifier(channel)] = Client(channel: channel, waiting: state.event())
        return longest
      }
      longest?.channel.close(promise: nil)
    }

    func remove(_ channel: any Channel) {
      _ = state.withLock { $0.clients.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// A request has come whole, and is at work from here on.
    func begin(_ channel: any Channel) {
      state.withLock { $0.clients[ObjectIdentifier(channel)]?.requests += 1 }
    }

    /// The answer to a request is out.
    ///
    /// - Returns: whether the client is waited for now, since no other request of its own is at work.
    func end(_ channel: any Channel) -> Bool {
      let (isIdle, longest) = state.withLock { state -> (Bool, Client?) in
        let event = state.event()
        let key = ObjectIdentifier(channel)
        guard var client = state.clients[key] else { return (true, nil) }
        client.requests -= 1
        client.waiting = event
        state.clients[key] = client
        // Where all were at work when the last one came, no more are accepted until one has gone.
        let longest = state.clients.count >= limit ? state.removeLongest() : nil
        return (client.requests <= 0, longest)
      }
      longest?.channel.close(promise: nil)
      return isIdle
    }

    func isAtWork(_ channel: any Channel) -> Bool {
      state.withLock { ($0.clients[ObjectIdentifier(channel)]?.requests ?? 0) > 0 }
    }

    func leave(_ channel: any Channel) {
      let work = state.withLock { state -> (@Sendable () -> Void)? in
        state.clients[ObjectIdentifier(channel)]?.hasLeft = true
        return state.clients[ObjectIdentifier(channel)]?.onLeaving
      }
      work?()
    }

    /// Does `work` when the client leaves, at once when it has left already; `nil` forgets the wish.
    func onLeaving(_ channel: any Channel, _ work: (@Sendable () -> Void)?) {
      let hasLeft = state.withLock { state in
        state.clients[ObjectIdentifier(channel)]?.onLeaving = work
        return state.clients[ObjectIdentifier(channel)]?.hasLeft ?? true
      }
      if hasLeft { work?() }
    }
  }
#endif
