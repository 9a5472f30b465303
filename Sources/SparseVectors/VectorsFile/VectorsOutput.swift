import BinaryFiles
import Diagnostics

/// Where the bytes of a `.vectors` file go until it is finished.
enum VectorsOutput {
  /// A partial file, which stays when the writer does not finish; `target` is the finished file.
  case resumable(OutputFile, target: String)
  /// A temporary file, which goes away with a writer that does not finish.
  case atomic(AtomicFile)

  /// The file that has the bytes now.
  var path: String {
    switch self {
    case .resumable(let file, _): file.path
    case .atomic(let file): file.temporaryPath
    }
  }

  var position: Int {
    switch self {
    case .resumable(let file, _): file.position
    case .atomic(let file): file.position
    }
  }

  func write(_ bytes: RawSpan) throws(ParlanceError) {
    switch self {
    case .resumable(let file, _): try file.write(bytes)
    case .atomic(let file): try file.write(bytes)
    }
  }

  /// Brings what was written to the file at `path`.
  func flush() throws(ParlanceError) {
    if case .atomic(let file) = self { try file.flush() }
  }

  /// Brings the bytes to the disk and gives the file its name.
  func finish(faults: FaultLayer?) throws(ParlanceError) {
    switch self {
    case .resumable(let file, let target):
      try file.sync()
      try FileNames.rename(file.path, to: target, faults: faults)
      try FileNames.sync(folder: folder(of: target), faults: faults)
    case .atomic(let file): try file.commit()
    }
  }
}
