import BinaryFiles
import Conversations
import Identifiers
import RankedResults
import SparseEncoder
import SparseVectors

/// What the recipe's training sets hold, read and checked, and what of it cannot be trained on.
struct TrainingData: Sendable {
  /// In the order of sets and files; of a set with a share of 0 there are none.
  var examples: [TrainingExample] = []
  /// One for each set.
  var teachers: [TeacherFile] = []
  /// Turns held out for validation.
  var heldOut: [Turn] = []
  /// The judgments of the held-out turns.
  var heldOutQrels = Qrels()
  var omissions = TrainingOmissions()
}

extension TrainingData {
  /// What tells these data from others, for a run that goes on: ids, what is read, what is relevant, the teachers, the passages'
  /// vectors, the models that it starts from, and all that validation reads and is judged by.
  func digest(_ vectors: VectorsFile, _ models: [EncoderIdentity]) -> String {
    var hash = SHA256()
    hash.update("\(vectors.idDigest.hexadecimal) \(vectors.description.encoder.digest)\n")
    hash.update("\(vectors.fingerprint.hexadecimal) \(models.map(\.digest))\n")
    for teacher in teachers { hash.update(teacher.fingerprint + "\n") }
    for example in examples {
      hash.update("\(example.id) \(example.query.tokens) \(example.gold) \(example.rewrite?.tokens ?? [])\n")
    }
    for turn in heldOut {
      hash.update("\(turn.id) \(turn.messages.count)\n")
      for message in turn.messages {
        hash.update("\(message.role.rawValue) \(message.content.utf8.count) \(message.content)\n")
      }
      for (passage, grade) in (heldOutQrels.grades[turn.id] ?? [:]).sorted(by: { $0.key < $1.key }) {
        hash.update("\(passage) \(grade)\n")
      }
    }
    return hash.finish().hexadecimal
  }

  /// What tells the words from others that factors are fitted to, those that no query has room for among them; `nil` where
  /// none are fitted. Apart from the rest, since recipes with and without factors train the same weights.
  var spokenDigest: String? {
    let spoken = examples.compactMap(\.query.spoken)
    if spoken.isEmpty { return nil }
    var hash = SHA256()
    for words in spoken { hash.update("\(words.tokens)\n") }
    return hash.finish().hexadecimal
  }
}
