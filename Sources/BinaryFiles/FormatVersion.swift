public import Diagnostics

/// The version of a binary format.
///
/// A change that older readers must not read raises `major`; one that they may read (a further section) raises `minor`.
public struct FormatVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  public var major: UInt16
  public var minor: UInt16

  public init(_ major: UInt16, _ minor: UInt16) {
    self.major = major
    self.minor = minor
  }

  public static func < (left: FormatVersion, right: FormatVersion) -> Bool {
    (left.major, left.minor) < (right.major, right.minor)
  }

  public var description: String { "\(major).\(minor)" }
}

/// What the first bytes of a file say: which format it has, and in which version.
public struct FileFormat: Sendable {
  /// Eight ASCII characters at the beginning of the file.
  public let magic: [UInt8]
  /// What a person calls such a file: `.vectors file`.
  public let name: String
  /// The version that is written; those with the same major number are read.
  public let version: FormatVersion
  /// The least major number that is read.
  public let oldestMajor: UInt16

  /// - Parameter oldestMajor: the least major number that is read; that of `version` when `nil`.
  /// - Precondition: `magic` has eight ASCII characters.
  public init(magic: StaticString, name: String, version: FormatVersion, oldestMajor: UInt16? = nil) {
    precondition(magic.utf8CodeUnitCount == 8 && magic.isASCII, "a magic has eight ASCII characters")
    self.magic = magic.description.utf8.map { $0 }
    self.name = name
    self.version = version
    self.oldestMajor = oldestMajor ?? version.major
  }

  /// - Throws: `badInput` for a version that is not read.
  public func checkReadable(_ found: FormatVersion, path: String) throws(ParlanceError) {
    guard found.major < oldestMajor || found.major > version.major else { return }
    let advice = found.major > version.major ? "; a newer Parlance wrote it, update this one" : "; write it anew"
    throw ParlanceError(
      .badInput, "expected a \(name) of version \(version.major), found version \(found)\(advice)",
      at: .init(file: path))
  }
}
