import Conversations
import Diagnostics
import Identifiers
import InvertedIndex

enum Texts {
  static func of(_ vectors: MemoryVectors) -> PassageSource {
    source(vectors.ids.map { Passage(id: $0, title: "Title of \($0)", text: "Text of \($0), café") })
  }

  static func source(_ passages: [Passage]) -> PassageSource {
    var rest = passages[...]
    return PassageSource { () throws(ParlanceError) in rest.popFirst() }
  }
}
