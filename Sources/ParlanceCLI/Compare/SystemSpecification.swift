import Conversations
import Diagnostics

/// A system to compare, as it is written on the command line: a run file, or `name=student,index=DIR,model=DIR,form=FORM`.
enum SystemSpecification: Equatable {
  case run(String)
  case searched(SearchedSystem)

  /// - Throws: `usage`.
  init(_ text: String) throws(ParlanceError) {
    guard text.contains("index=") else {
      self = .run(text)
      return
    }
    var values: [String: String] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, SearchedSystem.keys.contains(pair[0]), !pair[1].isEmpty else {
        throw ParlanceError(
          .usage, "expected \(SearchedSystem.keys.joined(separator: "=, "))= in the system '\(text)', found '\(part)'")
      }
      guard values.updateValue(pair[1], forKey: pair[0]) == nil else {
        throw ParlanceError(.usage, "\(pair[0])= is in the system '\(text)' twice")
      }
    }
    let rewrites = values["rewrites"]
    let name = values["form"] ?? (rewrites == nil ? "conversation" : "rewrite")
    guard let form = ConversationForm(rawValue: name) else {
      let forms = ConversationForm.allCases.map(\.rawValue).joined(separator: ", ")
      throw ParlanceError(.usage, "expected one of \(forms) as form=, found '\(name)'")
    }
    guard form.needsRewrite == (rewrites != nil) else {
      throw ParlanceError(
        .usage,
        "the form \(form.rawValue) of the system '\(text)' "
          + (form.needsRewrite ? "needs rewrites=" : "takes no rewrites="))
    }
    self = .searched(
      SearchedSystem(
        name: values["name"] ?? name, index: values["index"] ?? "", model: values["model"], form: form,
        rewrites: rewrites))
  }
}

/// A system that is run: which words are searched for, by which model, where.
struct SearchedSystem: Equatable {
  static let keys = ["name", "index", "model", "form", "rewrites"]

  var name: String
  var index: String
  /// None for an index of BM25.
  var model: String?
  var form: ConversationForm
  var rewrites: String?
}
