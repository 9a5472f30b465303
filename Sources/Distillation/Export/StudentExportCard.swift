import Checkpoints
import SparseVectors

/// The README.md of an exported student: how Python loads it, then the student's own card.
struct StudentExportCard {
  var student: Checkpoint
  var passages: Checkpoint
  var layout: StudentExport.Layout

  var text: String {
    let (front, rest) = Self.parted(student.modelCard ?? "")
    let trust = layout == .module ? ", trust_remote_code=True" : ""
    let what =
      layout == .module
      ? "Its module, `\(StudentPair.moduleFile)`, lies in this folder: read it before you load it."
      : "It is a `Router`: queries go through the student, documents through the passage encoder."
    return front + """
      # \(student.name), with its passage encoder

      For sentence-transformers 5 and 6:

      ```python
      from sentence_transformers import SparseEncoder

      model = SparseEncoder("FOLDER"\(trust))
      queries = model.encode_query(["last question [SEP] answer before it [SEP] first question"])
      documents = model.encode_document(["title text"])
      scores = model.similarity(queries, documents)
      ```

      \(what) Parlance searches with this folder as with the student's. Passages are encoded by `\(passages.name)`: \
      \(passages.licence.summary). `query/` is the student as it was trained; its card follows.

      \(rest)
      """
  }

  /// The front matter with its marks, and what follows it.
  private static func parted(_ card: String) -> (front: String, rest: String) {
    guard card.hasPrefix("---\n"), let end = card.dropFirst(4).firstRange(of: "\n---\n") else { return ("", card) }
    return (String(card[..<end.upperBound]) + "\n", String(card[end.upperBound...].drop { $0 == "\n" }))
  }
}
