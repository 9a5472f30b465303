import BinaryFiles
public import Conversations
public import SparseVectors

/// What a `.teacher` file says about all of its lists: which passages were ranked, by whom, and how.
public struct TeacherDescription: Sendable, Hashable, Codable {
  /// One of the teachers.
  public struct Source: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Codable {
      /// Rewrites of the questions, encoded and searched.
      case rewrites
      /// The conversations themselves, encoded and searched.
      case conversations
      /// Query vectors that somebody else encoded, searched.
      case vectors
      /// A run of any system.
      case run
    }

    public var name: String
    public var kind: Kind
    /// Which words were encoded, where words were.
    public var form: ConversationForm?
    /// Who encoded them; `nil` for a run.
    public var encoder: EncoderIdentity?
    /// The teacher's part in a mean, above zero; only the ratio to the other teachers' weights counts.
    public var weight: Double

    public init(
      name: String, kind: Kind, form: ConversationForm? = nil, encoder: EncoderIdentity? = nil, weight: Double = 1
    ) {
      self.name = name
      self.kind = kind
      self.form = form
      self.encoder = encoder
      self.weight = weight
    }
  }

  /// How many passages there are; positions are below it.
  public var passageCount: Int
  /// SHA-256 of their ids as the `.vectors` file has it (`VectorsFile.idDigest`), in lower-case hexadecimal.
  public var passageIDs: String
  public var passageSpace: EncoderIdentity
  /// The terms of the query vectors.
  public var vocabularyDigest: String
  public var vocabularySize: Int
  public var teachers: [Source]
  public var combination: TeacherCombination
  /// The greatest length of a list.
  public var depth: Int
  /// Whether each query has the vector that its scores come from, with which any other passage can be scored as well.
  public var hasQueryVectors: Bool
  /// What was left out or weighed; `nil` where every turn and every rewrite teaches alike.
  public var selection: TeachingSelection?

  public init(
    of passages: VectorsFile, teachers: [Source], combination: TeacherCombination, depth: Int, hasQueryVectors: Bool
  ) {
    passageCount = passages.count
    passageIDs = passages.idDigest.hexadecimal
    passageSpace = passages.description.passageSpace
    vocabularyDigest = passages.description.vocabulary.digest
    vocabularySize = passages.description.vocabulary.count
    self.teachers = teachers
    self.combination = combination
    self.depth = depth
    self.hasQueryVectors = hasQueryVectors
  }

  /// Numbers are within what the format can hold.
  var makesSense: Bool {
    (1...Int(UInt32.max)).contains(passageCount) && (0...Int(UInt32.max)).contains(vocabularySize) && depth >= 1
      && !teachers.isEmpty && teachers.allSatisfy { $0.weight.isFinite && $0.weight > 0 }
  }
}
