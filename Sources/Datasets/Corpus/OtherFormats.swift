/// Finds the documents that a folder holds in more than one format.
///
/// Two rules, in this order. Of files in one folder whose names differ in the ending only, the one in HTML is read,
/// else the one in Markdown. And a plain text or Markdown document is another format of the folder's HTML when at least
/// half of its runs of five words stand there too: it may be one long text beside many pages, or an included part.
struct OtherFormats {
  private static let runLength = 5
  private var runs: Set<UInt64> = []

  /// The files that the first rule leaves out, by their indices.
  static func sameNames(_ files: [CorpusFile]) -> Set<Int> {
    var best: [String: (format: DocumentFormat, index: Int)] = [:]
    var leftOut: Set<Int> = []
    for (index, file) in files.enumerated() {
      guard file.skip == nil, let format = DocumentFormat(fileName: file.name) else { continue }
      let stem = DocumentFormat.split(file.name).stem
      if let other = best[stem] {
        leftOut.insert(format < other.format ? other.index : index)
        if format >= other.format { continue }
      }
      best[stem] = (format, index)
    }
    return leftOut
  }

  mutating func add(_ document: StructuredDocument) {
    OtherFormats.forEachRun(of: document) { runs.insert($0) }
  }

  /// Whether the second rule leaves a document out.
  func hold(_ document: StructuredDocument) -> Bool {
    var (all, known) = (0, 0)
    OtherFormats.forEachRun(of: document) { run in
      all += 1
      if runs.contains(run) { known += 1 }
    }
    return all > 0 && known * 2 >= all
  }

  /// Hashes of each run of five words of a document, over letters and digits in lower case.
  private static func forEachRun(of document: StructuredDocument, _ body: (UInt64) -> Void) {
    var window: [UInt64] = []
    var next = 0
    for block in document.sections.lazy.flatMap(\.blocks) {
      forEachWord(of: block.text) { word in
        if window.count < runLength {
          window.append(word)
        } else {
          window[next] = word
          next = (next + 1) % runLength
        }
        guard window.count == runLength else { return }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for offset in 0..<runLength { hash = (hash ^ window[(next + offset) % runLength]) &* 0x9E37_79B9_7F4A_7C15 }
        body(hash)
      }
    }
  }

  /// FNV-1a hashes of the words.
  private static func forEachWord(of text: String, _ body: (UInt64) -> Void) {
    let basis: UInt64 = 0xCBF2_9CE4_8422_2325
    var hash = basis
    for byte in text.utf8 {
      if byte.isLetter || byte.isDigit || byte >= 0x80 {
        hash = (hash ^ UInt64(byte.lowercase)) &* 0x100_0000_01B3
      } else if hash != basis {
        body(hash)
        hash = basis
      }
    }
    if hash != basis { body(hash) }
  }
}
