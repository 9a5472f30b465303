import TestSupport
import Testing

extension ParlanceProcess {
  /// Runs a script that sends a signal to `parlance` at work, and ends with the code that `parlance` came to.
  ///
  /// Where the shell is starved its signal comes when `parlance` has ended by itself, with 0. Then the script is run again, so it
  /// begins with removing what an earlier run made.
  static func shellUntilHit(_ script: String, in folder: String) throws -> ParlanceResult {
    var hit: ParlanceResult?
    for _ in 0..<40 where hit == nil {
      let result = try shell(script, in: folder)
      if result.code != 0 { hit = result }
    }
    return try #require(hit, "forty runs ended by themselves before the signal came")
  }
}
