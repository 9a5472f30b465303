import Diagnostics

/// The transport of this build; nil where the package trait `Network` is off.
func defaultTransport() -> (any HubTransport)? {
  #if Network
    AsyncHTTPTransport()
  #else
    nil
  #endif
}

#if Network
  import AsyncHTTPClient
  import HTTPConnections
  import NIOCore
  import NIOHTTP1
  import Synchronization

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// AsyncHTTPClient as a transport: no redirects, a minute without a byte is a broken line.
  final class AsyncHTTPTransport: HubTransport {
    private let proxies: ProxySettings
    /// A client has one proxy for all its requests, or none.
    private let clients = Mutex<[ProxySettings.Proxy?: HTTPClient]>([:])

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
      proxies = ProxySettings(environment: environment)
    }

    private func client(through proxy: ProxySettings.Proxy?) -> HTTPClient {
      clients.withLock { clients in
        if let client = clients[proxy] { return client }
        let client = Self.makeClient(through: proxy)
        clients[proxy] = client
        return client
      }
    }

    private static func makeClient(through proxy: ProxySettings.Proxy?) -> HTTPClient {
      var configuration = HTTPClient.Configuration()
      configuration.redirectConfiguration = .disallow
      configuration.timeout = .init(connect: .seconds(20), read: .seconds(60))
      configuration.decompression = .disabled
      // A refused connection is told at once; the download has its own patience.
      configuration.connectionPool.retryConnectionEstablishment = false
      configuration.proxy = proxy.map { proxy in
        .server(
          host: proxy.host, port: proxy.port,
          authorization: proxy.user.map { .basic(username: $0, password: proxy.password) })
      }
      return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func send<Result: Sendable>(
      _ request: HubRequest, receive: (HubAnswer, HubBody) async throws(ParlanceError) -> Result
    ) async throws(ParlanceError) -> Result {
      guard let address = HTTPAddress(request.url) else {
        throw ParlanceError(.usage, "`\(request.url)` is not an http or https address")
      }
      let proxy = try proxies.proxy(for: address)
      var outgoing = HTTPClientRequest(url: request.url)
      outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
      for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
      let response: HTTPClientResponse
      do {
        response = try await client(through: proxy).execute(outgoing, deadline: .distantFuture)
      } catch {
        let way = address.origin + (proxy.map { " through the proxy \($0)" } ?? "")
        throw ParlanceError(
          .tryAgain, "cannot reach \(way): \(connectionTrouble(error)); offline? HF_HUB_OFFLINE=1 uses the cache alone")
      }
      var headers: [String: String] = [:]
      for header in response.headers { headers[header.name.lowercased()] = header.value }
      var iterator = response.body.makeAsyncIterator()
      let body = HubBody { () async throws(ParlanceError) -> [UInt8]? in
        do {
          guard let buffer = try await iterator.next() else { return nil }
          return Array(buffer.readableBytesView)
        } catch {
          throw ParlanceError(.tryAgain, "the connection to the hub broke: \(connectionTrouble(error))")
        }
      }
      return try await receive(HubAnswer(status: Int(response.status.code), headers: headers), body)
    }

    func shutdown() async {
      for client in clients.withLock({ Array($0.values) }) { try? await client.shutdown() }
    }
  }
#endif
