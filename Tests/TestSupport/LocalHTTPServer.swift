import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server of HTTP/1.1 on this machine, in this process: one answer a connection, and able to misbehave.
public final class LocalHTTPServer: Sendable {
  public struct Request: Sendable {
    public var method: String
    public var path: String
    public var headers: [String: String]
    public var body: [UInt8]
  }

  public enum Reply: Sendable {
    case whole(Int, headers: [String: String] = [:], body: String)
    /// The head promises the whole body, and half of it comes.
    case half(body: String)
    /// The same, but the connection stays open and nothing more comes.
    case stalled(body: String)
    /// The connection is closed without a word.
    case dropped
  }

  public let port: Int
  private let listener: Int32
  private let isOpen = Mutex(true)

  /// - Parameter answer: called on a thread of each connection; may take its time.
  public init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    let listener = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    guard listener >= 0, bound else { throw CocoaError(.fileReadUnknown) }
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while isOpen.withLock({ $0 }) {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { continue }
        guard isOpen.withLock({ $0 }) else {
          close(connection)
          break
        }
        Thread.detachNewThread {
          Self.serve(connection, answer)
          close(connection)
        }
      }
      close(listener)
    }
  }

  public func stop() {
    isOpen.withLock {
      guard $0 else { return }
      $0 = false
      // Within the lock: its thread closes the listener only behind it, or the number might be somebody else's by now.
      shutdown(listener, Int32(SHUT_RDWR))
    }
  }

  private static func serve(_ connection: Int32, _ answer: (Request) -> Reply) {
    guard let request = read(connection) else { return }
    switch answer(request) {
    case .dropped: return
    case .half(let body):
      write(connection, head(200, [:], body.utf8.count) + String(body.prefix(body.count / 2)))
    case .stalled(let body):
      write(connection, head(200, [:], body.utf8.count) + String(body.prefix(body.count / 2)))
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
    case .whole(let status, let headers, let body): write(connection, head(status, headers, body.utf8.count) + body)
    }
  }

  private static func head(_ status: Int, _ headers: [String: String], _ length: Int) -> String {
    let fields = headers.map { "\($0): \($1)\r\n" }.joined()
    return "HTTP/1.1 \(status) Any\r\ncontent-length: \(length)\r\nconnection: close\r\n\(fields)\r\n"
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let end = Array("\r\n\r\n".utf8)
    while true {
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
      guard let place = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { continue }
      let lines = String(decoding: bytes[..<place], as: UTF8.self).components(separatedBy: "\r\n")
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: ":") else { continue }
        headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      }
      let length = headers["content-length"].flatMap { Int($0) } ?? 0
      guard bytes.count >= place + 4 + length else { continue }
      let words = lines[0].split(separator: " ")
      return Request(
        method: words.first.map(String.init) ?? "", path: words.count > 1 ? String(words[1]) : "", headers: headers,
        body: Array(bytes[(place + 4)...]))
    }
  }

  private static func write(_ connection: Int32, _ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      #if canImport(Darwin)
        let flags: Int32 = 0
      #else
        let flags = Int32(MSG_NOSIGNAL)
      #endif
      let count = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { return }
      bytes = bytes.dropFirst(count)
    }
  }
}
