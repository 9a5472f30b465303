#if Network
  import NIOCore
  import NIOHTTP1

  /// Ends a connection behind its last answer: that to a request of HTTP/1.0, unless it asks for more, to one that says
  /// `Connection: close` or asks for another protocol, and one that says so itself.
  ///
  /// Only the way out is closed. What the client still sends is let go until it closes its side or `ConnectionWatch` loses
  /// patience: a reset might take the answer from it.
  final class ConnectionEnd: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Wish {
      var isLast: Bool
      /// HTTP/1.0, where keeping the connection has to be promised.
      var isOld: Bool
    }

    /// Of the requests that are not answered yet, oldest first.
    private var wishes: [Wish] = []
    /// Nothing that comes in is a request any more.
    private var hasEnded = false
    /// The answer that is being written is the last.
    private var isLast = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if hasEnded { return }
      switch unwrapInboundIn(data) {
      case .head(var head):
        let isOld = head.version == .http1_0
        wishes.append(Wish(isLast: !head.isKeepAlive || Self.asksForAnotherProtocol(head), isOld: isOld))
        // HTTP/1.0 need not name a host; then the one that it is sent to is meant.
        if isOld, !head.headers.contains(name: "host") { head.headers.add(name: "host", value: "localhost") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
      case .body: context.fireChannelRead(data)
      case .end:
        if wishes.last?.isLast ?? false { endInput(context) }
        context.fireChannelRead(data)
      }
    }

    /// Of other protocols none is spoken here, so that the request is answered as if it did not ask (RFC 9110, section 7.8). But
    /// behind CONNECT, and behind an `Upgrade` that `Connection` names, the parser takes nothing for HTTP.
    private static func asksForAnotherProtocol(_ head: HTTPRequestHead) -> Bool {
      guard head.method != .CONNECT else { return true }
      return head.headers.contains(name: "upgrade")
        && head.headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }

    /// What comes from here on is let go without the parser, which would keep what it does not parse.
    private func endInput(_ context: ChannelHandlerContext) {
      guard !hasEnded else { return }
      hasEnded = true
      let pipeline = context.pipeline.syncOperations
      guard let parser = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) else { return }
      pipeline.removeHandler(parser, promise: nil)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      switch unwrapOutboundIn(data) {
      // No answer yet: the client is told to go on, which HTTP/1.0 does not know.
      case .head(let head) where (100..<200).contains(head.status.code):
        if wishes.first?.isOld == true { promise?.succeed() } else { context.write(data, promise: promise) }
      case .head(var head):
        // What no head could be read of is answered as well.
        let wish = wishes.isEmpty ? Wish(isLast: true, isOld: false) : wishes.removeFirst()
        isLast = wish.isLast || !head.isKeepAlive
        if isLast {
          endInput(context)
          head.headers.replaceOrAdd(name: "connection", value: "close")
        } else if wish.isOld {
          head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
        context.write(wrapOutboundOut(.head(head)), promise: promise)
      case .end where isLast:
        let promise = promise ?? context.eventLoop.makePromise()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        promise.futureResult.whenSuccess { bound.value.close(mode: .output, promise: nil) }
        context.write(data, promise: promise)
      case .body, .end: context.write(data, promise: promise)
      }
    }
  }
#endif
