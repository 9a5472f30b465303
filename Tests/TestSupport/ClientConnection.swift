import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A connection to a server on this machine that sends exactly what a test wants, at the pace that it wants.
public final class ClientConnection {
  public struct Answer {
    public var status: Int
    public var head: String
    public var body: String
  }

  public struct Ended: Error {}

  private let descriptor: Int32
  private var received: [UInt8] = []

  public init(port: Int) throws {
    #if canImport(Darwin)
      let kind = SOCK_STREAM
    #else
      let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    descriptor = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
    }
    guard status == 0 else { throw Ended() }
  }

  deinit { close(descriptor) }

  public func send(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      #if canImport(Darwin)
        let flags: Int32 = 0
      #else
        let flags = Int32(MSG_NOSIGNAL)
      #endif
      let count = bytes.withUnsafeBytes { socketSend(descriptor, $0.baseAddress, $0.count, flags) }
      guard count > 0 else { throw Ended() }
      bytes = bytes.dropFirst(count)
    }
  }

  /// The next answer without its body.
  public func head() throws -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let place = received.indices.first(where: { received[$0...].starts(with: end) }) {
        let head = String(decoding: received[..<place], as: UTF8.self)
        received.removeFirst(place + 4)
        return head
      }
      guard receive() else { throw Ended() }
    }
  }

  /// The next answer, whose length its head tells.
  public func answer() throws -> Answer {
    let head = try head()
    let field = head.lowercased().components(separatedBy: "\r\n").first { $0.hasPrefix("content-length:") }
    let length = field.flatMap { Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces)) } ?? 0
    while received.count < length {
      guard receive() else { throw Ended() }
    }
    let body = String(decoding: received[..<length], as: UTF8.self)
    received.removeFirst(length)
    return Answer(status: Int(head.split(separator: " ").dropFirst().first ?? "") ?? 0, head: head, body: body)
  }

  /// Everything until the server closes the connection.
  public func rest() -> String {
    while receive() {}
    return String(decoding: received, as: UTF8.self)
  }

  /// Whether the server keeps the connection open and has sent nothing that was not received yet.
  public var isWaitedAt: Bool {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
    return count < 0 && errno == EAGAIN
  }

  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count > 0 else { return false }
    received += chunk[..<count]
    return true
  }
}

/// The system's `send`, which the method of the same name hides.
private func socketSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  send(descriptor, bytes, count, flags)
}
