/// A student and its passage encoder in one folder, read by sentence-transformers with the module `ParlanceStudent` that
/// lies in it, for students that its own modules cannot express: residual ones, and those that keep some terms only.
package enum StudentPair {
  /// The class in `modules.json`.
  package static let moduleClass = "ParlanceStudent"
  /// The file of the class.
  package static let moduleFile = "parlance_student.py"
  /// The student's folder, inside the pair's.
  package static let queryFolder = "query"
  /// The passage encoder's; a residual student's frozen encoder stands in where it is not there.
  package static let documentFolder = "document"

  static func folders(in folder: String) -> (query: String, document: String) {
    let hasDocument = FolderFile.exists(folder + "/" + documentFolder + "/config.json")
    return (queryFolder, hasDocument ? documentFolder : queryFolder + "/" + StudentDeclaration.Residual.frozenFolder)
  }
}
