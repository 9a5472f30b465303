#if Network
  import NIOEmbedded
  import Testing

  @testable import SearchService

  @Suite("Connections that are open")
  struct ConnectedClientsTests {
    private let clients = ConnectedClients(limit: 3)

    private func connected(_ count: Int) throws -> [EmbeddedChannel] {
      try (0..<count).map { _ in
        let channel = EmbeddedChannel()
        try channel.connect(to: .init(unixDomainSocketPath: "client")).wait()
        clients.add(channel)
        return channel
      }
    }

    @Test("full of requests at work, the first that is answered makes room")
    func full() throws {
      let channels = try connected(2)
      for channel in channels { clients.begin(channel) }
      let last = try connected(1)[0]
      clients.begin(last)
      #expect(channels.allSatisfy(\.isActive) && last.isActive, "none may be closed")
      #expect(clients.end(channels[1]))
      #expect(!channels[1].isActive && channels[0].isActive && last.isActive)
      #expect(clients.end(channels[0]))
      #expect(channels[0].isActive, "there is room again")
    }

    @Test("a client whose next request came before the answer to the last is not waited for")
    func ahead() throws {
      let channels = try connected(2)
      clients.begin(channels[0])
      clients.begin(channels[0])
      #expect(!clients.end(channels[0]) && clients.isAtWork(channels[0]))
      _ = try connected(1)
      #expect(channels[0].isActive && !channels[1].isActive)
      #expect(clients.end(channels[0]) && !clients.isAtWork(channels[0]))
    }

    @Test("an answer that was out before the request had come whole leaves nothing at work")
    func early() throws {
      let channel = try connected(1)[0]
      #expect(clients.end(channel))
      clients.begin(channel)
      #expect(!clients.isAtWork(channel))
    }
  }
#endif
