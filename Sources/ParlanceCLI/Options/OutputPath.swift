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

  /// Likewise for a command with several outputs, of which none may replace another.
  static func check(_ outputs: [String?], areNoneOf inputs: [String?]) throws(ParlanceError) {
    let outputs = outputs.compactMap(\.self)
    for (place, output) in outputs.enumerated() {
      try check(output, isNoneOf: inputs)
      guard !FileNames.isOfSystem(output), outputs[..<place].contains(where: { isSame($0, output) }) else { continue }
      throw ParlanceError(.usage, "two of the outputs have this name; expected one for each", at: .init(file: output))
    }
  }

  /// Whether what is written under both names is one file, which need not be there yet.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    left == right || FileNames.isSame(left, right)
      || fileName(of: left) == fileName(of: right) && FileNames.isSameFolder(folder(of: left), folder(of: right))
  }

  /// - Throws: `usage` when `output` lies in the folder of an index that the command reads.
  static func check(_ output: String?, isNotIn index: String?) throws(ParlanceError) {
    guard let output, let index, FileNames.isSameFolder(folder(of: output), index) else { return }
    throw ParlanceError(
      .usage, "the output lies in the folder of the index; expected another place", at: .init(file: output))
  }
}
