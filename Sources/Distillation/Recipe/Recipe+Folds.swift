import BinaryFiles
public import Identifiers

extension Recipe {
  /// Whether a conversation is in the part that validates, where the recipe has `validation.folds`. By its id, so that a
  /// turn that is added moves no other.
  public func isHeldOut(_ conversation: ExternalID) -> Bool {
    guard let folds = validation?.folds, folds > 0 else { return false }
    let digest = SHA256.digest(of: Array("fold \(conversation.string)".utf8)).bytes
    let number = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(number % UInt64(folds)) == validation?.fold
  }
}
