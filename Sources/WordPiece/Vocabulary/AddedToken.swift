/// A token that is matched literally in the text, before or after normalisation, and never split: `[SEP]`, `[MASK]`.
public struct AddedToken: Sendable, Hashable {
  /// What it looks like in the text.
  public var content: String
  public var id: Int32
  /// Matches only where no word character touches it.
  public var isSingleWord = false
  /// Takes the white space before it along.
  public var stripsLeft = false
  /// Takes the white space after it along.
  public var stripsRight = false
  /// Is looked for in the normalised text, in its own normalised form.
  public var isNormalized = false
  /// Has a role in the model rather than a meaning.
  public var isSpecial = true
}
