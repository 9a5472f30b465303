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
  import NIOCore
  import NIOHTTP1

  #if canImport(FoundationEssentials)
    import FoundationEssentials
  #else
    import Foundation
  #endif

  /// AsyncHTTPClient as a transport: no redirects, a minute without a byte is a broken line.
  struct AsyncHTTPTransport: HubTransport {
    private let client: HTTPClient

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
      var configuration = HTTPClient.Configuration()
      configuration.redirectConfiguration = .disallow
      configuration.timeout = .init(connect: .seconds(20), read: .seconds(60))
      configuration.decompression = .disabled
      // A refused connection is told at once; the download has its own patience.
      configuration.connectionPool.retryConnectionEstablishment = false
      configuration.proxy = Self.proxy(environment)
      client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// `https_proxy=http://host:port`, as everywhere.
    private static func proxy(_ environment: [String: String]) -> HTTPClient.Configuration.Proxy? {
      guard let text = environment["https_proxy"] ?? environment["HTTPS_PROXY"],
        let address = HubAddress(text), let start = address.origin.firstRange(of: "://")
      else { return nil }
      let parts = address.origin[start.upperBound...].split(separator: ":")
      guard parts.count == 2, let port = Int(parts[1]) else { return nil }
      return .server(host: String(parts[0]), port: port)
    }

    func send<Result: Sendable>(
      _ request: HubRequest, receive: (HubAnswer, HubBody) async throws(ParlanceError) -> Result
    ) async throws(ParlanceError) -> Result {
      var outgoing = HTTPClientRequest(url: request.url)
      outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
      for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
      let response: HTTPClientResponse
      do {
        response = try await client.execute(outgoing, deadline: .distantFuture)
      } catch {
        let host = HubAddress(request.url)?.origin ?? request.url
        throw ParlanceError(.tryAgain, "cannot reach \(host): \(error); offline? HF_HUB_OFFLINE=1 uses the cache alone")
      }
      var headers: [String: String] = [:]
      for header in response.headers { headers[header.name.lowercased()] = header.value }
      var iterator = response.body.makeAsyncIterator()
      let body = HubBody { () async throws(ParlanceError) -> [UInt8]? in
        do {
          guard let buffer = try await iterator.next() else { return nil }
          return Array(buffer.readableBytesView)
        } catch {
          throw ParlanceError(.tryAgain, "the connection to the hub broke: \(error)")
        }
      }
      return try await receive(HubAnswer(status: Int(response.status.code), headers: headers), body)
    }

    func shutdown() async { try? await client.shutdown() }
  }
#endif
