import BinaryFiles
import Diagnostics

/// Where a command writes, looked at before it reads.
enum OutputPath {
  /// A slip of the hand must not cost the file that a command reads.
  ///
  /// - Throws: `usage` when `output` is one of `inputs`, under whatever name.
  static func check(_ output: String?, isNoneOf inputs: [String?]) throws(ParlanceError) {
    guard let output else { return }
    for case let input? in inputs where FileNames.isSame(output, input) {
      throw ParlanceError(
        .usage, "the output is one of the inputs, which it would replace; expected another name",
        at: .init(file: output))
    }
  }
}
