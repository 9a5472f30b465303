import Diagnostics
import Synchronization

/// The keys that are let in now, which may be read anew from their file while the service runs.
package final class HeldKeys: Sendable {
  private let keys: Mutex<APIKeys>

  package init(_ keys: APIKeys) { self.keys = Mutex(keys) }

  var current: APIKeys { keys.withLock { $0 } }

  /// Reads the file again; a key that is no longer in it is refused from then on.
  ///
  /// - Returns: how many keys are let in.
  /// - Throws: as `APIKeys.init(file:)`; the keys of before are then let in as before.
  func reload() throws(ParlanceError) -> Int {
    let now = try APIKeys(file: current.file)
    keys.withLock { $0 = now }
    return now.count
  }
}
