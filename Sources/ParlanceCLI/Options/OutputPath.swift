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

  /// - Throws: `usage` when `output` lies in the folder of an index that the command reads.
  static func check(_ output: String, isNotIn index: String) throws(ParlanceError) {
    let folder = output.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    let place = folder.isEmpty ? (output.hasPrefix("/") ? "/" : ".") : folder
    guard FileNames.isSameFolder(place, index) else { return }
    throw ParlanceError(
      .usage, "the output lies in the folder of the index; expected another place", at: .init(file: output))
  }
}
