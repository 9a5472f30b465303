import Diagnostics
import LineFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension CorpusFile {
  struct Failure: Error {
    var reason: CorpusSummary.SkipReason
  }

  static let largest = 64 << 20

  /// Reads the document, through gzip where the name says so.
  func read() -> Result<(document: StructuredDocument, format: DocumentFormat, isGuess: Bool), Failure> {
    let format = DocumentFormat(fileName: name) ?? .plainText
    let bytes: [UInt8]
    switch contents() {
    case .failure(let failure): return .failure(failure)
    case .success(let read): bytes = read
    }
    guard let decoding = TextDecoding(bytes, format: format) else { return .failure(Failure(reason: .binary)) }
    let document = format.read(decoding.text, fallbackTitle: DocumentFormat.split(name).stem)
    return .success((document, format, decoding.isGuess))
  }

  private func contents() -> Result<[UInt8], Failure> {
    let attributes = try? FileManager.default.attributesOfItem(atPath: location)
    if let size = attributes?[.size] as? Int, size > CorpusFile.largest { return .failure(Failure(reason: .tooLarge)) }
    if name.lowercased().hasSuffix(".gz") { return unpacked() }
    guard let data = FileManager.default.contents(atPath: location) else {
      return .failure(Failure(reason: .unreadable))
    }
    return .success([UInt8](data))
  }

  private func unpacked() -> Result<[UInt8], Failure> {
    do {
      let lines = try LineReader(path: location, validatesUTF8: false)
      var bytes: [UInt8] = []
      while let line = try lines.next() {
        bytes.append(contentsOf: line)
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count > CorpusFile.largest { return .failure(Failure(reason: .tooLarge)) }
      }
      return .success(bytes)
    } catch {
      return .failure(Failure(reason: error.code == .badInput ? .damagedGzip : .unreadable))
    }
  }
}
