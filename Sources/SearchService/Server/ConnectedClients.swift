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
      /// When it was waited for, in the order of such events; `nil` while its request is at work.
      var waiting: Int?
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
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
      self.limit = limit
    }

    func add(_ channel: any Channel) {
      let longest = state.withLock { state -> Client? in
        var longest: Client?
        if state.clients.count + 1 >= limit {
          longest = state.clients.values.filter { $0.waiting != nil }.min { ($0.waiting ?? 0) < ($1.waiting ?? 0) }
          if let longest { state.clients[ObjectIdentifier(longest.channel)] = nil }
        }
        state.clients[ObjectIdentifier(channel)] = Client(channel: channel, waiting: state.event())
        return longest
      }
      longest?.channel.close(promise: nil)
    }

    func remove(_ channel: any Channel) {
      _ = state.withLock { $0.clients.removeValue(forKey: ObjectIdentifier(channel)) }
    }

    /// A request is at work from here on.
    func begin(_ channel: any Channel) {
      state.withLock { $0.clients[ObjectIdentifier(channel)]?.waiting = nil }
    }

    /// Its answer is out.
    func end(_ channel: any Channel) {
      state.withLock { state in
        let event = state.event()
        state.clients[ObjectIdentifier(channel)]?.waiting = event
      }
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
