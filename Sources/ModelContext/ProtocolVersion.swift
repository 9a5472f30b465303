/// A revision of the Model Context Protocol that is spoken here.
///
/// The revisions up to 2025-11-25 begin with a handshake, `initialize`, that a connection or session remembers. From 2026-07-28
/// on each request says in its `_meta` which revision it is of, and nothing is remembered.
public enum ProtocolVersion: String, Sendable, CaseIterable {
  case november2025 = "2025-11-25"
  case june2025 = "2025-06-18"
  case july2026 = "2026-07-28"

  /// Whether each request stands by itself.
  public var isStateless: Bool { self == .july2026 }

  /// What a handshake settles on: the version that was asked for where it is known, or else the newest that has one.
  static func negotiated(_ requested: String) -> ProtocolVersion {
    ProtocolVersion(rawValue: requested).flatMap { $0.isStateless ? nil : $0 } ?? .november2025
  }

  /// Newest first.
  static var names: [String] { allCases.map(\.rawValue).sorted(by: >) }
}
