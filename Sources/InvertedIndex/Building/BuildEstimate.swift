import BinaryFiles
import CKernels
import SparseVectors
import WorkerThreads

/// What a build will take, to be said before it begins; each of them from above.
public struct BuildEstimate: Sendable, Hashable {
  /// The files of the index, in bytes.
  public var disk = 0
  /// What lies beside them while the index is built.
  public var temporaryDisk = 0
  /// Memory of the process. Files that are mapped come on top, which the system takes back when it needs their place.
  public var memory = 0

  /// What a program takes that builds nothing.
  private static let program = 64 << 20
}

extension IndexBuilder {
  /// - Parameter textBytes: how long the files of the texts are; 0 for an index without. Columns of metadata come on top:
  ///   28 bytes of disk for each value of a passage, up to three times while the index is built, and in memory as much, until that
  ///   is 3/16 of the setting, and the names of their keys.
  public func estimate(passages: Int, postings: Int, textBytes: Int = 0) -> BuildEstimate {
    BuildEstimate(
      passages: passages, postings: postings, vocabularySize: vocabulary.count, textBytes: textBytes, configuration)
  }
}

extension BuildEstimate {
  init(passages: Int, postings: Int, vocabularySize: Int, textBytes: Int, _ configuration: IndexConfiguration) {
    let ranges = (passages + configuration.passagesPerRange - 1) / configuration.passagesPerRange
    // A term of the vocabulary has a row in the directory of each range, and another where it is common, as no more terms are than
    // this; a range has parts that begin at certain multiples. Ids have about 20 bytes, terms and what is said of them 32.
    let row = 4 * PostingsFormat.wordsPerRow(configuration.weights)
    let common = min(vocabularySize, CommonTerms.share * postings / max(1, passages))
    let directory =
      row * vocabularySize + (row + Int(PARLANCE_POSTINGS_STEP) / 8) * common + 8 * PostingsFormat.alignment
    disk = postings * (2 + configuration.weights.bytesPerWeight) + ranges * directory + 40 * passages
    disk += 32 * vocabularySize
    if textBytes > 0 { disk += textBytes + 8 * passages }
    func sorted(_ bytes: Int, in memory: Int) -> Int { bytes > memory ? bytes : 0 }
    temporaryDisk = sorted(16 * passages, in: configuration.memory / 8)
    if textBytes > 0 { temporaryDisk += sorted(16 * passages, in: configuration.memory / 16) }
    // Each core has statistics of all terms, then the directory of a range.
    let cores = 24 * vocabularySize * WorkerThreads.availableCores
    memory =
      Self.program + 200 * vocabularySize + textBytes.signum() * (8 << 20)
      + min(configuration.memory, 64 * passages + 32 * postings + cores)
  }
}
