import BinaryFiles
import Diagnostics

/// The SHA-256 of a large file, kept together with the file's stamp: what need not be read again to know who the file is.
///
/// Hashing is the authority; the stamp only says that nothing has changed since. One that is not settled yet is not kept.
enum KeptDigest {
  private static let format = FileFormat(
    magic: "PARLHASH", name: "kept hash of a file", version: FormatVersion(1, 0))
  private static let section = "digest"

  /// - Parameter isSettled: whether a stamp may be taken for a proof; tests need not wait for one that is.
  static func digest(
    of file: MappedFile, _ derived: DerivedFiles, isSettled: (FileStamp) -> Bool = { $0.isSettled }
  ) -> SHA256.Digest {
    let stamp = file.stamp
    let name = "digest-\(String(stamp.device, radix: 16))-\(String(stamp.inode, radix: 16))"
    let ticket = stamp.bytes
    if let kept = read(name, ticket, derived) { return kept }
    let digest = SHA256.digest(of: file.bytes)
    if derived.isOn, isSettled(stamp), (try? file.checkUnwritten()) != nil {
      derived.keep(name, format) { writer in
        try writer.beginSection(section)
        try writer.write(ticket + digest.bytes)
      }
    }
    return digest
  }

  private static func read(_ name: String, _ ticket: [UInt8], _ derived: DerivedFiles) -> SHA256.Digest? {
    guard let file = derived.file(name, format), let section = try? file.section(section),
      section.count == ticket.count + 32, let bytes = try? section.bytes().array(),
      bytes.starts(with: ticket)
    else { return nil }
    return SHA256.Digest(Array(bytes[ticket.count...]))
  }
}
