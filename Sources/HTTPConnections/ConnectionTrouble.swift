#if Network
  import AsyncHTTPClient
  import BinaryFiles
  import NIOCore
  import NIOPosix

  /// Why there is no connection, or one broke, in a few words.
  package func connectionTrouble(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError:
      // Each address of a host is tried; what the last one said stands for all.
      let cause = error.dnsAError ?? error.dnsAAAAError ?? error.connectionErrors.last?.error
      return cause.map(connectionTrouble) ?? "no address of \(error.host) answers"
    case let error as SocketAddressError.UnknownHost: return "\(error.host): \(error.errorDescription)"
    case let error as IOError: return systemReason(error.errnoCode)
    case let error as HTTPClientError: return error.shortDescription
    default: return "\(error)"
    }
  }
#endif
