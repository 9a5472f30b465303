import BinaryFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The machine as far as speed depends on it.
struct Processor: Encodable {
  var cores = ProcessInfo.processInfo.activeProcessorCount
  var memoryGibibytes = Int((Double(ProcessInfo.processInfo.physicalMemory) / 0x1p30).rounded())
  var crc32c = CRC32C.kind
  var sha256 = SHA256.kind

  var summary: String {
    "\(cores) cores, \(memoryGibibytes) GiB of memory, kernels: crc32c \(crc32c), sha256 \(sha256)"
  }
}
