import Conversations
import Retrieval
import SparseEncoder

/// How turns are read: as the options say; else as a student was trained to; else the whole conversation, 256 tokens of it.
struct QueryReading {
  let form: ConversationForm
  /// The most tokens of a query; `nil` where there is no limit.
  let maxLength: Int?
  /// What is read otherwise than usual because the model is a student, for the person who did not ask for it.
  let note: String?

  /// - Parameters:
  ///   - form: what the options say.
  ///   - formMatters: whether there are turns to be read, rather than a question.
  ///   - maxLength: what the options say.
  init(_ encoder: any QueryEncoder, form: ConversationForm?, formMatters: Bool = true, maxLength: Int?) {
    self.form = form ?? encoder.trained?.form ?? .conversation
    self.maxLength = encoder.queryMaxLength
    guard let trained = encoder.trained else {
      note = nil
      return
    }
    var parts: [String] = []
    if formMatters, form == nil, trained.form != .conversation { parts.append("the form \(trained.form.rawValue)") }
    if maxLength == nil, trained.maxLength != EncoderSettings.standardMaxLength {
      parts.append("up to \(trained.maxLength) tokens")
    }
    let options = formMatters ? "--form and --max-length win" : "--max-length wins"
    note =
      parts.isEmpty
      ? nil : "the student reads as it was trained to: \(parts.joined(separator: ", ")) (\(options))"
  }
}
