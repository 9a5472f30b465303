import ArgumentParser
import BinaryFiles
import Diagnostics
import SparseVectors

/// Who made vectors that do not say it themselves, and over which terms.
struct VectorIdentityOptions: ParsableArguments {
  @Option(help: "A .vectors file of the same encoder: its encoder, passage space and vocabulary are taken.")
  var like: String?

  @Option(help: "The vocabulary: one piece a line, the first being term 0.")
  var vocabulary: String?

  @Option(help: "A name for the encoder.")
  var encoder: String?

  struct Identity {
    var encoder: EncoderIdentity?
    var passageSpace: EncoderIdentity?
    var vocabulary: Vocabulary?
  }

  func read() throws(ParlanceError) -> Identity {
    if like != nil, vocabulary != nil || encoder != nil {
      throw ParlanceError(.usage, "--like says what --vocabulary and --encoder say; give one or the other")
    }
    if let like {
      let model = try VectorsFile(path: like).description
      return Identity(encoder: model.encoder, passageSpace: model.passageSpace, vocabulary: model.vocabulary)
    }
    let named = encoder.map {
      EncoderIdentity(digest: SHA256.digest(of: Array("an encoder named \($0)".utf8)).hexadecimal, name: $0)
    }
    let pieces = try vocabulary.map { path throws(ParlanceError) in try Vocabulary(readingFrom: path) }
    return Identity(encoder: named, passageSpace: nil, vocabulary: pieces)
  }

  static let missingEncoder = ParlanceError(
    .usage, "these vectors need the encoder: --like FILE.vectors or --encoder NAME")
}
