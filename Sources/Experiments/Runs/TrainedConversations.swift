import Conversations
import Diagnostics
import Distillation
import Identifiers

/// The conversations that a run's student learns from. What it is worth on their turns is too high.
struct TrainedConversations {
  private var ids: Set<ExternalID> = []

  /// - Parameter teachers: of the recipe's training sets, in their order; of a turn without a list nothing is learned.
  init(of recipe: Recipe, _ teachers: [TeacherFile], interruption: Interruption?) throws(ParlanceError) {
    for (set, teacher) in zip(recipe.data, teachers) where set.share > 0 {
      let reader = try TurnReader(path: set.conversations, interruption: interruption)
      var taught: [ExternalID] = []
      while let turn = try reader.next() {
        guard !recipe.isHeldOut(turn.conversation), let list = teacher.index(of: turn.id),
          teacher.passageCount(at: list) > 0
        else { continue }
        taught.append(turn.conversation)
      }
      // A share so small that no turn comes teaches nothing.
      if (Double(taught.count) * set.share).rounded() >= 1 { ids.formUnion(taught) }
    }
  }

  /// How many of the turns are of these conversations.
  func count(of queries: [RunResult.Query]) -> Int { queries.count { ids.contains(ExternalID($0.conversation)) } }
}
