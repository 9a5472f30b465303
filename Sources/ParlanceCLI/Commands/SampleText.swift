import Checkpoints
import Diagnostics
import Reports
import SparseEncoder
import WordPiece

/// A piece of ordinary text, on which `doctor` tries a model.
enum SampleText {
  private static let text = """
    The lighthouse on the northern cape was built in 1874, after three ships had been lost in one winter. Its keepers \
    lived there with their families until the lamp was automated a century later. Today the tower belongs to the town; \
    visitors climb its 212 steps from May to September, and the former engine room holds a small museum about rescue at \
    sea. A ferry leaves the harbour every hour. How old is the tower, who pays for its repair, and can a school class \
    stay overnight? The answer depends on the weather: above a wind of forty knots the footbridge is closed.
    """

  /// How many of a model's vocabulary logits are computed, in words.
  static func screening(of checkpoint: Checkpoint) throws(ParlanceError) -> String {
    let tokenizer = try WordPieceTokenizer(of: checkpoint)
    let pass = try NativeForwardPass(checkpoint, cores: 1)
    let ids = tokenizer.encode(text, maxLength: min(128, pass.longestSequence)).ids
    _ = try pass.encode(PackedBatch([ids]), for: .throughput)
    return describe(pass.screening, vocabulary: pass.vocabularySize)
  }

  static func describe(_ screening: ScreeningReport?, vocabulary: Int) -> String {
    guard let screening, let kernel = screening.kernel else { return "screening: none here, all logits are computed" }
    guard !screening.standsDown, let survivors = screening.survivorsPerToken else {
      return "screening: stands down for this model, since too much survives; all logits are computed"
    }
    return "screening: \(kernel), computes \(FixedDecimal.text(survivors, digits: 1)) of "
      + "\(FixedDecimal.grouped(vocabulary)) logits a token"
  }
}
