#if Network
  import HTTPTypes
  import NIOCore
  import NIOHTTPTypes
  import NIOHTTPTypesHTTP1

  /// Cuts clients that send or take too slowly, and tells the request at work when its client is gone.
  ///
  /// Idle time-outs alone do not help against a client that sends one byte a second; here the whole head, the whole body and
  /// the whole taking of the answer have a limit each.
  final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let receiveTime: TimeAmount
    private let answerTime: TimeAmount
    private let idleTime: TimeAmount
    private let clients: ConnectedClients
    private var timer: Scheduled<Void>?
    /// The head of a request has come, and its end has not.
    private var isReceiving = false

    /// - Parameter idleTime: from an answer to the whole head of the next request.
    init(receiveTime: Duration, answerTime: Duration, idleTime: Duration, clients: ConnectedClients) {
      self.receiveTime = TimeAmount(receiveTime)
      self.answerTime = TimeAmount(answerTime)
      self.idleTime = TimeAmount(idleTime)
      self.clients = clients
    }

    func handlerAdded(context: ChannelHandlerContext) {
      do {
        // Where requests still have a version.
        let pipeline = context.pipeline.syncOperations
        let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
        try pipeline.addHandler(ConnectionEnd(), position: .before(codec))
      } catch {
        context.fireErrorCaught(error)
      }
      clients.add(context.channel)
      limit(receiveTime, context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
      timer?.cancel()
      clients.remove(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
      timer?.cancel()
      clients.leave(context.channel)
      context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case ChannelEvent.inputClosed = event { clients.leave(context.channel) }
      // Behind the last answer nothing but the client's own end is waited for.
      if case ChannelEvent.outputClosed = event { limit(receiveTime, context) }
      context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      // A request that is sent ahead takes no time from the one at work.
      case .head:
        isReceiving = true
        if !clients.isAtWork(context.channel) { limit(receiveTime, context) }
      case .body: break
      // The work itself has a deadline of its own, and its answer must be taken.
      case .end:
        isReceiving = false
        clients.begin(context.channel)
        limit(answerTime, context)
      }
      context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      guard case .end = unwrapOutboundIn(data) else { return context.write(data, promise: promise) }
      let promise = promise ?? context.eventLoop.makePromise()
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      promise.futureResult.whenSuccess {
        let (watch, context) = bound.value
        let isIdle = watch.clients.end(context.channel)
        let waiting = watch.isReceiving ? watch.receiveTime : watch.idleTime
        watch.limit(isIdle ? waiting : watch.answerTime, context)
      }
      context.write(data, promise: promise)
    }

    /// Closes the connection unless another limit comes before.
    private func limit(_ time: TimeAmount, _ context: ChannelHandlerContext) {
      timer?.cancel()
      let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
      timer = context.eventLoop.scheduleTask(in: time) { bound.value.close(promise: nil) }
    }
  }
#endif
