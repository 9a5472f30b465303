import BinaryFiles
import StrictJSON

/// What a `.vectors` file says about all of its vectors.
public struct VectorsDescription: Sendable, Equatable {
  /// How exactly weights are kept.
  public enum WeightKind: UInt32, Sendable, CaseIterable {
    case float32 = 0
    /// Half the size; 11 significant bits.
    case float16 = 1

    var size: Int { self == .float32 ? 4 : 2 }
  }

  /// Who made the vectors.
  public var encoder: EncoderIdentity
  /// The passage encoder whose vectors these may be compared with: for passages their own encoder, for queries of a
  /// student the encoder it was distilled for.
  public var passageSpace: EncoderIdentity
  public var vocabulary: Vocabulary
  public var weightKind: WeightKind
  /// How many terms of each vector were kept, the heaviest; all of them when `nil`. Like the kind of weights it says how
  /// exact the vectors are, not which space they are of.
  public var keptTerms: Int?

  public init(
    encoder: EncoderIdentity, passageSpace: EncoderIdentity? = nil, vocabulary: Vocabulary,
    weightKind: WeightKind = .float32, keptTerms: Int? = nil
  ) {
    self.encoder = encoder
    self.passageSpace = passageSpace ?? encoder
    self.vocabulary = vocabulary
    self.weightKind = weightKind
    self.keptTerms = keptTerms
  }
}

extension EncoderIdentity {
  func write(to json: inout JSONText) {
    json.append(raw: "{\"digest\":")
    json.append(string: digest)
    json.append(raw: ",\"name\":")
    json.append(string: name)
    json.append(raw: "}")
  }

  init?(_ value: JSONValue?) {
    guard let digest = value?["digest"]?.string, let name = value?["name"]?.string else { return nil }
    self.init(digest: digest, name: name)
  }
}
