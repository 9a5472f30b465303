import BinaryFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#endif

/// The machine as far as speed depends on it.
struct Processor: Encodable {
  var name = Self.name
  /// Such as `Debian GNU/Linux 12 (bookworm), x86_64`.
  var system = "\(ProcessInfo.processInfo.operatingSystemVersionString), \(Self.architecture)"
  var cores = ProcessInfo.processInfo.activeProcessorCount
  var memoryGibibytes = Int((Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30).rounded())
  var crc32c = CRC32C.kind
  var sha256 = SHA256.kind

  var summary: String {
    "\(cores) cores, \(memoryGibibytes) GiB of memory, kernels: crc32c \(crc32c), sha256 \(sha256)"
  }

  /// As the system calls it; where it does not, such as `aarch64`.
  private static var name: String {
    #if canImport(Darwin)
      var bytes = [UInt8](repeating: 0, count: 256)
      var count = bytes.count
      if unsafe sysctlbyname("machdep.cpu.brand_string", &bytes, &count, nil, 0) == 0 {
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
    #else
      let lines =
        FileManager.default.contents(atPath: "/proc/cpuinfo").map { String(decoding: $0, as: UTF8.self) } ?? ""
      for line in lines.split(whereSeparator: \.isNewline) where line.hasPrefix("model name") {
        if let colon = line.firstIndex(of: ":") {
          return line[line.index(after: colon)...].split(separator: " ").joined(separator: " ")
        }
      }
    #endif
    return architecture
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "aarch64"
    #else
      "unknown"
    #endif
  }
}
