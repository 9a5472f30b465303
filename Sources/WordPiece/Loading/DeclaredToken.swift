import Diagnostics
import StrictJSON

/// An added token as a file declares it.
struct DeclaredToken: Sendable, Hashable {
  var content: String
  /// Where the tokenizer has to give it this id; otherwise the vocabulary's, or the next one behind it.
  var id: Int32?
  var isSingleWord = false
  var stripsLeft = false
  var stripsRight = false
  var isNormalized = false
  var isSpecial = true
}

extension DeclaredToken {
  /// A token is written as a string, which is looked for as it is, or as an object with its `content`.
  ///
  /// - Parameter isSpecial: what it is whatever the object says.
  init(_ field: JSONField, isSpecial: Bool? = nil) throws(ParlanceError) {
    guard field.value.object != nil else {
      self.init(content: try field.string())
      return
    }
    let declared = try field.optional("special")?.bool() ?? false
    let isSpecial = isSpecial ?? declared
    self.init(
      content: try field.required("content").string(),
      isSingleWord: try field.optional("single_word")?.bool() ?? false,
      stripsLeft: try field.optional("lstrip")?.bool() ?? false,
      stripsRight: try field.optional("rstrip")?.bool() ?? false,
      isNormalized: try field.optional("normalized")?.bool() ?? !isSpecial, isSpecial: isSpecial)
  }

  /// What it is told from others by: its bytes.
  var key: [UInt8] { Array(content.utf8) }

  /// All that decides which tokens a text has: the same for two that only take other white space along.
  ///
  /// - Parameter splitsSpecial: whether special tokens in a text are words like others.
  func matching(splitsSpecial: Bool) -> [UInt8] {
    var flags: UInt8 = 0
    if isSingleWord { flags |= 1 }
    if isNormalized { flags |= 2 }
    if splitsSpecial, isSpecial { flags |= 4 }
    return key + [0xFF, flags]
  }

  /// As `added_tokens_decoder` has it.
  var json: JSONObject {
    [
      "content": .string(content), "lstrip": .bool(stripsLeft), "normalized": .bool(isNormalized),
      "rstrip": .bool(stripsRight), "single_word": .bool(isSingleWord), "special": .bool(isSpecial),
    ]
  }
}

extension AddedToken {
  init(_ declared: DeclaredToken, id: Int32) {
    self.init(
      content: declared.content, id: id, isSingleWord: declared.isSingleWord, stripsLeft: declared.stripsLeft,
      stripsRight: declared.stripsRight, isNormalized: declared.isNormalized, isSpecial: declared.isSpecial)
  }
}
