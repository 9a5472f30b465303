#if Network
  import BinaryFiles
  package import Diagnostics
  import HTTPTypes
  import Hummingbird
  import HummingbirdCore
  import Logging
  import NIOCore
  import NIOHTTP1
  import NIOHTTPTypes
  import ServiceLifecycle
  import UnixSignals

  #if canImport(Glibc)
    import Glibc
  #elseif canImport(Musl)
    import Musl
  #else
    import Darwin
  #endif

  extension SearchServer {
    /// Serves until SIGTERM or SIGINT, then finishes what it took. SIGHUP reloads index, model and keys.
    ///
    /// - Throws: `unavailable` when the address cannot be had.
    package func run() async throws(ParlanceError) {
      var logger = Logger(label: "parlance", factory: { _ in SwiftLogNoOpLogHandler() })
      logger.logLevel = .critical
      let limits = configuration.limits
      let clients = ConnectedClients(limit: limits.connections)
      var http = HTTP1Channel.Configuration(
        additionalChannelHandlers: [
          ConnectionWatch(
            receiveTime: limits.receiveTime, answerTime: limits.requestTime + limits.receiveTime,
            idleTime: max(limits.idleTime, limits.receiveTime), clients: clients)
        ])
      http.httpDecoder = .init(maxHeaderFieldSize: 8192, maxHeaderListSize: 16384, maxHeaderFieldCount: 64)
      let application = Application(
        responder: TableResponder(table: table, limits: limits, clients: clients),
        server: .http1(configuration: http),
        configuration: ApplicationConfiguration(
          address: .hostname(configuration.host, port: configuration.port),
          availableConnectionsDelegate: MaximumAvailableConnections(limits.connections, logger: logger)),
        onServerRunning: { [self] channel in onListening(channel.localAddress?.port ?? configuration.port) },
        logger: logger)
      // Before anybody is told that the service listens, who may then signal it.
      let reloading = Reloading(server: self, signals: await UnixSignalsSequence(trapping: .sighup))
      let serving = Serving(application: application, operations: operations)
      var group = ServiceGroupConfiguration(
        // The last ends first: no connection is taken while a reload that is under way is waited for.
        services: [
          .init(service: reloading),
          .init(service: serving, successTerminationBehavior: .gracefullyShutdownGroup),
        ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
      group.maximumGracefulShutdownDuration = limits.shutdownTime
      do {
        try await ServiceGroup(configuration: group).run()
      } catch let error as ParlanceError {
        throw error
      } catch {
        throw ParlanceError(
          .unavailable, "cannot serve at \(configuration.host):\(configuration.port): \(Self.trouble(error))")
      }
    }

    private static func trouble(_ error: any Error) -> String {
      switch error {
      case let error as SocketAddressError.UnknownHost: return error.errorDescription
      case let error as IOError:
        switch error.errnoCode {
        case EADDRINUSE: return "another program listens there; --port names another port, 0 takes a free one"
        case EADDRNOTAVAIL: return "no network of this machine has that address"
        case EACCES: return "a port below 1024 is not for every user; --port names another one"
        default: return systemReason(error.errnoCode)
        }
      default: return "\(error)"
      }
    }
  }

  /// Waits for SIGHUP.
  private struct Reloading: Service {
    let server: SearchServer
    let signals: UnixSignalsSequence

    func run() async throws {
      for await _ in signals.cancelOnGracefulShutdown() {
        await server.reload()
      }
    }
  }

  /// Answers requests, and says when the end is near.
  private struct Serving: Service {
    let application: any Service
    let operations: OperationRoutes

    func run() async throws {
      try await withGracefulShutdownHandler {
        try await application.run()
      } onGracefulShutdown: {
        operations.end()
      }
    }
  }

  /// From Hummingbird's requests to ours, and back.
  private struct TableResponder: HTTPResponder {
    typealias Context = BasicServiceContext

    let table: RouteTable
    let limits: ServiceLimits
    let clients: ConnectedClients

    func respond(to request: Request, context: Context) async throws -> Response {
      var headers: [String: String] = [:]
      for field in request.headers {
        let name = field.name.canonicalName
        headers[name] = headers[name].map { $0 + ", " + field.value } ?? field.value
      }
      // In HTTP/2's manner, swift-http-types keeps the host outside of the fields; the first one, where there are several.
      var fault: Problem?
      if headers["host"] != nil || request.head.authority == nil {
        fault = Problem(400, "Invalid request", "expected one Host")
      }
      headers["host"] = request.head.authority
      let interruption = Interruption()
      var own = APIRequest(
        method: request.method.rawValue, path: request.uri.path, headers: headers,
        deadline: .now + limits.requestTime, interruption: interruption)
      let hasBody =
        request.headers[.contentLength].map { Int($0) != 0 } ?? (request.headers[.transferEncoding] != nil)
      if hasBody {
        let isAdmitted = fault == nil && table.admits(own)
        if isAdmitted {
          do {
            own.body = try await body(of: request, on: context.channel)
          } catch let error as HTTPParserError where error != .invalidEOFState {
            fault = Problem(
              400, "Invalid request", "expected a body in well-formed chunks, with `Transfer-Encoding: chunked` alone")
          } catch {
            // A body that ends before its time is that of a client that went away.
            fault = error as? Problem ?? .cancelled
          }
        }
        // What is left of the body is not read.
        if !isAdmitted || fault != nil {
          return Self.response(await table.answer(own, failing: fault), method: own.method, isLast: true)
        }
      }
      if let fault { return Self.response(await table.answer(own, failing: fault), method: own.method) }
      let (table, channel) = (table, context.channel)
      let work = Task { [own] in await table.answer(own) }
      clients.onLeaving(channel) {
        interruption.request()
        work.cancel()
      }
      let response = await work.value
      clients.onLeaving(channel, nil)
      return Self.response(response, method: own.method)
    }

    /// Whether the client sends the body once it is told to go on (RFC 9110, section 10.1.1); the head was let in.
    private static func waitsForLeave(_ request: Request) -> Bool {
      request.headers[.expect]?.lowercased() == "100-continue"
    }

    private static var leave: HTTPResponsePart { .head(HTTPResponse(status: .continue)) }

    private func body(of request: Request, on channel: any Channel) async throws -> [UInt8] {
      let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
      let tooLarge = Problem(413, "Content too large", "expected a body of at most \(limits.bodyBytes) bytes")
      guard length <= limits.bodyBytes else { throw tooLarge }
      if Self.waitsForLeave(request) { try await channel.writeAndFlush(Self.leave) }
      var bytes: [UInt8] = []
      // Not more than was received: a length is quickly told.
      bytes.reserveCapacity(min(length, 1 << 16))
      for try await buffer in request.body {
        guard bytes.count + buffer.readableBytes <= limits.bodyBytes else { throw tooLarge }
        bytes.append(contentsOf: buffer.readableBytesView)
      }
      return bytes
    }

    private static func response(_ response: APIResponse, method: String, isLast: Bool = false) -> Response {
      var fields = HTTPFields()
      for (name, value) in response.headers {
        if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
      }
      fields[.contentLength] = response.status == 204 ? nil : String(response.body.count)
      if isLast { fields[.connection] = "close" }
      let isEmpty = method == "HEAD" || response.body.isEmpty
      return Response(
        status: HTTPResponse.Status(code: response.status), headers: fields,
        body: isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
    }
  }

  /// A request's context that knows its connection.
  struct BasicServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
      coreContext = .init(source: source)
      channel = source.channel
    }
  }
#else
  package import Diagnostics

  extension SearchServer {
    /// - Throws: `unavailable`: this build has no server.
    package func run() async throws(ParlanceError) {
      throw ParlanceError(
        .unavailable,
        "this build of Parlance has no network, so it cannot serve; build it with the package trait Network")
    }
  }
#endif
