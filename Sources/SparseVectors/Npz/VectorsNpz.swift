import BinaryFiles
public import Diagnostics
import Identifiers
import LineFiles
import StrictJSON

/// `.vectors` files to and from the sparse matrices of Python: `scipy.sparse.load_npz` reads what is exported,
/// what `scipy.sparse.save_npz` wrote is imported.
///
/// An export has the compressed rows (`data`, `indices`, `indptr`, `shape`, `format`), and beside them, where scipy does
/// not look, `ids`, `pieces` (the vocabulary) and `parlance` (the encoders), so that it can be imported without more.
public enum VectorsNpz {
  /// - Throws: `badInput` when the vectors are damaged; `cannotWrite`; `interrupted`.
  public static func export(
    _ file: VectorsFile, to path: String, progress: ProgressHandler? = nil, interruption: Interruption? = nil
  ) throws(ParlanceError) {
    let writer = try NpzWriter(path: path)
    let description = file.description
    let half = description.weightKind == .float16

    func forEachRow(_ activity: String, _ body: (Int) throws(ParlanceError) -> Void) throws(ParlanceError) {
      for row in 0..<file.count {
        if row % 4096 == 0 {
          try interruption?.check()
          progress?(Progress(activity, completed: row, total: file.count, unit: "vectors"))
        }
        try body(row)
      }
    }
    typealias Sink = ([UInt8]) throws(ParlanceError) -> Void

    // The order in which scipy writes them.
    try writer.write("indices", type: "<i4", shape: [file.termCount]) { (sink: Sink) throws(ParlanceError) in
      try forEachRow("writing terms") { (row: Int) throws(ParlanceError) in
        var bytes: [UInt8] = []
        for term in try file.vector(at: row).terms { bytes.append(littleEndian: term.rawValue) }
        try sink(bytes)
      }
    }
    try writer.write("indptr", type: "<i8", shape: [file.count + 1]) { (sink: Sink) throws(ParlanceError) in
      var end = 0
      var bytes: [UInt8] = []
      bytes.append(littleEndian: UInt64(0))
      try forEachRow("writing rows") { (row: Int) throws(ParlanceError) in
        end += try file.termCount(at: row)
        bytes.append(littleEndian: UInt64(end))
        if bytes.count >= 1 << 16 {
          try sink(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      }
      try sink(bytes)
    }
    try writer.write("format", type: "|S3", shape: []) { (sink: Sink) throws(ParlanceError) in
      try sink(Array("csr".utf8))
    }
    try writer.write("shape", type: "<i8", shape: [2]) { (sink: Sink) throws(ParlanceError) in
      var bytes: [UInt8] = []
      bytes.append(littleEndian: UInt64(file.count))
      bytes.append(littleEndian: UInt64(description.vocabulary.count))
      try sink(bytes)
    }
    try writer.write("data", type: half ? "<f2" : "<f4", shape: [file.termCount]) {
      (sink: Sink) throws(ParlanceError) in
      try forEachRow("writing weights") { (row: Int) throws(ParlanceError) in
        var bytes: [UInt8] = []
        for weight in try file.vector(at: row).weights {
          if half {
            bytes.append(littleEndian: Float16(weight).bitPattern)
          } else {
            bytes.append(littleEndian: weight.bitPattern)
          }
        }
        try sink(bytes)
      }
    }
    var longest = 1
    try forEachRow("reading ids") { (row: Int) throws(ParlanceError) in
      longest = max(longest, try file.id(at: row).string.unicodeScalars.count)
    }
    try writer.write("ids", type: "<U\(longest)", shape: [file.count]) { (sink: Sink) throws(ParlanceError) in
      try forEachRow("writing ids") { (row: Int) throws(ParlanceError) in
        try sink(utf32(try file.id(at: row).string, count: longest))
      }
    }
    let pieces = description.vocabulary.pieces
    let longestPiece = max(1, pieces.map { $0.string.unicodeScalars.count }.max() ?? 1)
    try writer.write("pieces", type: "<U\(longestPiece)", shape: [pieces.count]) { (sink: Sink) throws(ParlanceError) in
      for piece in pieces { try sink(utf32(piece.string, count: longestPiece)) }
    }
    let encoders = description.encoders
    try writer.write("parlance", type: "|S\(encoders.count)", shape: []) { (sink: Sink) throws(ParlanceError) in
      try sink(encoders)
    }
    try writer.finish()
  }

  private static func utf32(_ text: String, count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars { bytes.append(littleEndian: scalar.value) }
    return bytes + [UInt8](repeating: 0, count: 4 * count - bytes.count)
  }
}

extension VectorsDescription {
  /// Both encoders, and how many terms were kept, as JSON.
  var encoders: [UInt8] {
    var json = JSONText()
    json.append(raw: "{\"encoder\":")
    encoder.write(to: &json)
    json.append(raw: ",\"passage_space\":")
    passageSpace.write(to: &json)
    if let keptTerms {
      json.append(raw: ",\"kept_terms\":")
      json.append(integer: keptTerms)
    }
    json.append(raw: "}")
    return json.bytes
  }
}
