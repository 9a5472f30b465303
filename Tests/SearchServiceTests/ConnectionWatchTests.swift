#if Network
  import HTTPTypes
  import NIOCore
  import NIOEmbedded
  import NIOHTTP1
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1
  import Testing

  @testable import SearchService

  @Suite("How long a connection is kept")
  struct ConnectionWatchTests {
    private func connected() throws -> EmbeddedChannel {
      let channel = EmbeddedChannel()
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
      try pipeline.addHandler(
        ConnectionWatch(
          receiveTime: .seconds(10), answerTime: .seconds(40), idleTime: .seconds(75),
          clients: ConnectedClients(limit: 3)))
      try channel.connect(to: SocketAddress(unixDomainSocketPath: "client")).wait()
      return channel
    }

    private func sendHead(_ channel: EmbeddedChannel) throws {
      let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/healthz", headers: ["host": "localhost"])
      try channel.writeInbound(HTTPServerRequestPart.head(head))
    }

    private func exchange(_ channel: EmbeddedChannel) throws {
      try sendHead(channel)
      try channel.writeInbound(HTTPServerRequestPart.end(nil))
      try answer(channel)
    }

    private func answer(_ channel: EmbeddedChannel) throws {
      try channel.writeOutbound(HTTPResponsePart.head(HTTPResponse(status: .ok)))
      try channel.writeOutbound(HTTPResponsePart.end(nil))
    }

    @Test("who was answered may wait longer for the next request than a proxy waits, and longer than who asks nothing")
    func idle() throws {
      let channel = try connected()
      for _ in 0..<2 {
        try exchange(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(74))
        #expect(channel.isActive)
      }
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      #expect(!channel.isActive)
      let silent = try connected()
      silent.embeddedEventLoop.advanceTime(by: .seconds(10))
      #expect(!silent.isActive)
    }

    @Test("a request that was begun is waited for as long as the first one")
    func begun() throws {
      let channel = try connected()
      try exchange(channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(60))
      try sendHead(channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(9))
      #expect(channel.isActive)
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      #expect(!channel.isActive)
    }

    @Test("behind the last answer the client's end is not waited for as a request is")
    func last() throws {
      let channel = try connected()
      try exchange(channel)
      channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.outputClosed)
      channel.embeddedEventLoop.advanceTime(by: .seconds(9))
      #expect(channel.isActive)
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      #expect(!channel.isActive)
    }

    @Test("the body of a request whose head was sent ahead is waited for as any, from the answer before it")
    func ahead() throws {
      let channel = try connected()
      try sendHead(channel)
      try channel.writeInbound(HTTPServerRequestPart.end(nil))
      try sendHead(channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(30))
      try answer(channel)
      channel.embeddedEventLoop.advanceTime(by: .seconds(9))
      #expect(channel.isActive)
      channel.embeddedEventLoop.advanceTime(by: .seconds(1))
      #expect(!channel.isActive)
    }

    @Test(
      "a request with `Upgrade` is the last one where `Connection` names it, and any other where not",
      arguments: [(nil, false), ("HTTP2-Settings", false), ("x, UPGRADE", true)] as [(String?, Bool)])
    func otherProtocol(connection: String?, isLast: Bool) throws {
      let channel = try connected()
      var head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/healthz", headers: ["host": "localhost"])
      head.headers.add(name: "upgrade", value: "h2c")
      if let connection { head.headers.add(name: "connection", value: connection) }
      try channel.writeInbound(HTTPServerRequestPart.head(head))
      try channel.writeInbound(HTTPServerRequestPart.end(nil))
      try answer(channel)
      let part = try #require(try channel.readOutbound(as: HTTPServerResponsePart.self))
      guard case .head(let sent) = part else {
        Issue.record("\(part)")
        return
      }
      #expect(sent.isKeepAlive == !isLast)
    }
  }
#endif
