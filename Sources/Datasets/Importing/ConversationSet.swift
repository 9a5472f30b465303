/// A public set of conversations, or a kind of chat log, that can be imported.
public enum ConversationSet: String, Sendable, CaseIterable {
  case topiocqa
  case qrecc
  case cast
  case ikat
  case mtrag
  case orquac
  case beir
  case openai
  case sharegpt
  case disco

  /// What is known of its files, in a sentence.
  public var evidence: String {
    switch self {
    case .cast, .ikat: "checked on the files of the publisher's repository"
    case .mtrag:
      "MTRAG-UN's tasks and judgments checked on the publisher's files; MTRAG's rewrites and judgments read, but without "
        + "their turns; conversations.json and corpora by description"
    case .qrecc:
      "34 rows of the real test file read, and rows of their shape imported; SCAI's files and the passages by "
        + "description"
    case .topiocqa, .orquac, .disco:
      "by the published description and code that reads it; not on the real files"
    case .beir: "judgments of two sets read; queries and corpora by the published description of the format"
    case .openai, .sharegpt: "by the published description of the format"
    }
  }

  var importer: any Importer {
    switch self {
    case .topiocqa: TopiOCQAImporter(idsAreRows: false)
    case .disco: TopiOCQAImporter(idsAreRows: true)
    case .qrecc: QReCCImporter()
    case .cast: CAsTImporter()
    case .ikat: IKATImporter()
    case .mtrag: MTRAGImporter()
    case .orquac: ORQuACImporter()
    case .beir: BEIRImporter()
    case .openai, .sharegpt: ChatLogImporter()
    }
  }
}
