import CTensorEngine
public import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The search for the engine's library: the engine, if one was found, and what was tried before it.
///
/// `parlance doctor` prints it; `TensorEngine.load` throws its `failure`.
public struct EngineSearch: Sendable {
  /// A place that was tried in vain.
  public struct Attempt: Hashable, Sendable {
    public var place: EnginePlaces.Place
    /// Why there is no engine to use.
    public var obstacle: String
  }

  public private(set) var attempts: [Attempt] = []
  public private(set) var engine: TensorEngine?
  private let mismatched: Bool

  /// Tries one place after another. A library that is there and cannot be used ends the search, so that no other one
  /// takes its place unnoticed.
  public init(in places: EnginePlaces = .standard) {
    var mismatched = false
    for place in places.places {
      guard unsafe access(place.path, F_OK) == 0 else {
        attempts.append(Attempt(place: place, obstacle: "there is no such file"))
        continue
      }
      do throws(Obstacle) {
        engine = unsafe TensorEngine(table: try Self.open(place.path), path: place.path)
      } catch {
        attempts.append(Attempt(place: place, obstacle: error.text))
        mismatched = true
      }
      break
    }
    self.mismatched = mismatched
  }

  /// Whether an engine was named or lies there and cannot be used: not just nothing to be found in the usual places.
  public var isAmiss: Bool {
    engine == nil && (mismatched || attempts.contains { $0.place.reason == EnginePlaces.variable })
  }

  /// The error that tells every place and what was wrong there; `nil` when there is an engine.
  public var failure: ParlanceError? {
    guard engine == nil else { return nil }
    var message =
      mismatched
      ? "the tensor engine cannot be used"
      : "the tensor engine (\(EnginePlaces.libraryName)), which training and GPUs need, is missing; `make engine` in the "
        + "source folder builds it, PARLANCE_ENGINE names one that is elsewhere"
    for attempt in attempts {
      message += "\n  \(attempt.place.path) (\(attempt.place.reason)): \(attempt.obstacle)"
    }
    return ParlanceError(.unavailable, message)
  }

  private struct Obstacle: Error {
    var text: String
  }

  private static func open(_ path: String) throws(Obstacle) -> UnsafePointer<parlance_engine_table> {
    guard let library = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw Obstacle(text: unsafe dlerror().map { unsafe String(cString: $0) } ?? "it cannot be loaded")
    }
    guard let symbol = unsafe dlsym(library, PARLANCE_ENGINE_ENTRY) else {
      throw Obstacle(text: "it is not an engine for this version of Parlance: it has no \(PARLANCE_ENGINE_ENTRY)")
    }
    guard let entry = unsafe unsafeBitCast(symbol, to: parlance_engine_entry?.self), let table = unsafe entry() else {
      throw Obstacle(text: "it has no table of functions")
    }
    let (abi, size) = unsafe (table.pointee.abi, Int(table.pointee.size))
    guard abi == PARLANCE_ENGINE_ABI else {
      throw Obstacle(
        text:
          "its ABI version is \(abi), this Parlance needs \(PARLANCE_ENGINE_ABI): build it again with `make engine`")
    }
    guard size >= MemoryLayout<parlance_engine_table>.size else {
      throw Obstacle(
        text: "it is older than this Parlance (its table has \(size) bytes, "
          + "\(MemoryLayout<parlance_engine_table>.size) are needed): build it again with `make engine`")
    }
    return unsafe table
  }
}
