#if Network
  import AsyncHTTPClient
  public import Diagnostics
  import HTTPConnections
  import NIOCore
  import NIOHTTP1
  import Synchronization

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// AsyncHTTPClient as a transport: no redirects, so that the key stays where it belongs; no retries of its own; through the
  /// proxy that the environment names for an address.
  public final class AsyncHTTPChatTransport: ChatTransport {
    private let connections: Int
    private let proxies: ProxySettings
    /// A client has one proxy for all its requests, or none.
    private let clients = Mutex<[ProxySettings.Proxy?: HTTPClient]>([:])
    /// Longer answers are no rewrites.
    private static let mostBytes = 4 << 20

    public convenience init(connections: Int) {
      self.init(connections: connections, environment: ProcessInfo.processInfo.environment)
    }

    init(connections: Int, environment: [String: String]) {
      self.connections = connections
      proxies = ProxySettings(environment: environment)
    }

    private func client(for url: String) throws(ParlanceError) -> HTTPClient {
      guard let address = HTTPAddress(url) else { throw Self.noAddress }
      let proxy = try proxies.proxy(for: address)
      return clients.withLock { clients in
        if let client = clients[proxy] { return client }
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout = .init(connect: .seconds(20))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, connections)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = proxy.map { proxy in
          .server(
            host: proxy.host, port: proxy.port,
            authorization: proxy.user.map { .basic(username: $0, password: proxy.password) })
        }
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        clients[proxy] = client
        return client
      }
    }

    private static var noAddress: ParlanceError {
      ParlanceError(.usage, "the endpoint is no http or https address")
    }

    public func post(
      _ url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) async throws(ParlanceError) -> ChatReply {
      var request = HTTPClientRequest(url: url)
      request.method = .POST
      for header in headers { request.headers.add(name: header.name, value: header.value) }
      request.body = .bytes(ByteBuffer(bytes: body))
      let client = try client(for: url)
      do {
        // One clock for the whole answer: the client's own would stop at the answer's head.
        return try await withThrowingTaskGroup(of: ChatReply.self) { [request, client] group in
          group.addTask {
            let response = try await client.execute(request, deadline: .distantFuture)
            var reply = ChatReply(
              status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
              location: response.headers.first(name: "location"), body: [])
            do {
              reply.body = Array(try await response.body.collect(upTo: Self.mostBytes).readableBytesView)
            } catch is NIOTooManyBytesError { reply.isTooLong = true }
            return reply
          }
          group.addTask {
            try await Task.sleep(for: timeout)
            throw ParlanceError(.tryAgain, "the answer was not whole in time")
          }
          defer { group.cancelAll() }
          guard let reply = try await group.next() else { throw CancellationError() }
          return reply
        }
      } catch let error as ParlanceError {
        throw error
      } catch let error as HTTPClientError where error == .invalidURL || error == .emptyScheme || error == .emptyHost {
        throw Self.noAddress
      } catch {
        throw ParlanceError(.tryAgain, "the endpoint cannot be reached, or broke off: \(connectionTrouble(error))")
      }
    }

    public func shutdown() async {
      for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() }
    }
  }
#endif
