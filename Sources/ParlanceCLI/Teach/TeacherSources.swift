import Conversations
import Distillation

/// The teachers that a call names, in their order: rewrites, the conversations, query vectors, runs.
struct TeacherSources {
  typealias Source = TeacherDescription.Source

  private(set) var rewrites: [(path: String, source: Source)] = []
  private(set) var conversations: Source?
  private(set) var queries: [(path: String, source: Source)] = []
  private(set) var runs: [(path: String, source: Source)] = []
  private var names: Set<String> = []

  init(_ command: TeachCommand) throws {
    var weights = try command.chosenWeights()[...]
    func next(_ path: String, _ kind: Source.Kind, _ names: inout Set<String>) -> Source {
      Source(name: Self.name(of: path, besides: &names), kind: kind, weight: weights.removeFirst())
    }
    for path in command.rewrites {
      var source = next(path, .rewrites, &names)
      source.form = command.form ?? .rewrite
      rewrites.append((path, source))
    }
    if let form = command.form, !form.needsRewrite {
      conversations = next(form.rawValue, .conversations, &names)
      conversations?.form = form
    }
    for path in command.queries { queries.append((path, next(path, .vectors, &names))) }
    for path in command.run { runs.append((path, next(path, .run, &names))) }
  }

  var all: [Source] {
    rewrites.map(\.source) + [conversations].compactMap(\.self) + queries.map(\.source) + runs.map(\.source)
  }

  /// The stem of the path, with a number behind it where the name is taken.
  private static func name(of path: String, besides names: inout Set<String>) -> String {
    var name = stem(of: path)
    if name.isEmpty || name == "-" { name = "teacher" }
    var unique = name
    var number = 2
    while !names.insert(unique).inserted {
      unique = "\(name)-\(number)"
      number += 1
    }
    return unique
  }

  /// All names as one word, the tag of a run.
  static func tag(of teachers: [Source]) -> String {
    let joined = teachers.map(\.name).joined(separator: "+")
    return joined.unicodeScalars.map {
      $0.properties.isWhitespace || $0.value < 0x21 || $0.value == 0x7F ? "-" : String($0)
    }
    .joined()
  }
}
