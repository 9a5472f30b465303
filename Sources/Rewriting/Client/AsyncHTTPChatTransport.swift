#if Network
  import AsyncHTTPClient
  public import Diagnostics
  import NIOCore
  import NIOHTTP1

  /// AsyncHTTPClient as a transport: no redirects, so that the key stays where it belongs; no retries of its own.
  public final class AsyncHTTPChatTransport: ChatTransport {
    private let client: HTTPClient
    /// Longer answers are no rewrites.
    private static let mostBytes = 4 << 20

    public init(connections: Int) {
      var configuration = HTTPClient.Configuration()
      configuration.redirectConfiguration = .disallow
      configuration.timeout = .init(connect: .seconds(20))
      configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, connections)
      configuration.connectionPool.retryConnectionEstablishment = false
      client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    public func post(
      _ url: String, headers: [(name: String, value: String)], body: [UInt8], timeout: Duration
    ) async throws(ParlanceError) -> ChatReply {
      var request = HTTPClientRequest(url: url)
      request.method = .POST
      for header in headers { request.headers.add(name: header.name, value: header.value) }
      request.body = .bytes(ByteBuffer(bytes: body))
      let nanoseconds = timeout.components.seconds * 1_000_000_000 + timeout.components.attoseconds / 1_000_000_000
      do {
        // The client's own timeout ends with the head of an answer.
        return try await withThrowingTaskGroup(of: ChatReply.self) { [request, client] group in
          group.addTask {
            let response = try await client.execute(request, timeout: .nanoseconds(nanoseconds))
            let buffer = try await response.body.collect(upTo: Self.mostBytes)
            return ChatReply(
              status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
              body: Array(buffer.readableBytesView))
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
        throw ParlanceError(.usage, "the endpoint is no http or https address")
      } catch {
        throw ParlanceError(.tryAgain, "the endpoint cannot be reached, or broke off: \(error)")
      }
    }

    public func shutdown() async { try? await client.shutdown() }
  }
#endif
