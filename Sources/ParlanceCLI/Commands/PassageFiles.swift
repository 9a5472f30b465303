import Conversations
import Diagnostics
import InvertedIndex

/// Several files of passages read one behind the other.
enum PassageFiles {
  static func open(_ paths: [String]) throws(ParlanceError) -> PassageSource {
    var rest = paths[...]
    // Opened at once, so that a missing file is told before anything is done; ids are compared by the index.
    var readers: [PassageReader] = []
    while let path = rest.popFirst() {
      readers.append(try PassageReader(path: path, refusingDuplicates: false))
    }
    readers.reverse()
    return { () throws(ParlanceError) in
      while let reader = readers.last {
        if let passage = try reader.next() { return passage }
        readers.removeLast()
      }
      return nil
    }
  }
}
