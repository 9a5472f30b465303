import Diagnostics

/// What a file of a set holds; read in this order, so that judgments and rewrites of turns that are not there can be told.
enum ImportRole: Int, Comparable, CaseIterable {
  case conversations
  case rewrites
  case judgments
  case passages

  static func < (left: ImportRole, right: ImportRole) -> Bool { left.rawValue < right.rawValue }

  var description: String { "\(self)" }
}

/// Reads the files of one set.
protocol Importer {
  /// What the file is to this importer; `nil` for a file that it has no use for. Looks at names and first rows.
  ///
  /// - Parameter passes: whether malformed first rows are passed over, as the import will.
  /// - Throws: `badInput` and `noInput` when the first row cannot be looked at.
  func role(of file: ImportFile, passingMalformed passes: Bool) throws(ParlanceError) -> ImportRole?

  /// Reads a file of that role and writes what is in it.
  ///
  /// - Throws: `badInput` with the file and the line for a malformed row, unless the output goes on behind those.
  mutating func read(_ file: ImportFile, as role: ImportRole, into output: ImportOutput) throws(ParlanceError)

  /// Called between the roles, in their order, with the files of each.
  func order(_ files: [ImportFile], of role: ImportRole) -> [ImportFile]
}

extension Importer {
  func order(_ files: [ImportFile], of role: ImportRole) -> [ImportFile] { files }
}
