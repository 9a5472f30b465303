import BinaryFiles
import Diagnostics
import Synchronization

/// What a build may use besides what it writes: so much memory, and a file in the folder of the index for the rest.
final class BuildScratch: Sendable {
  /// In bytes, for all that grows with the collection.
  let memory: Int
  private let path: String
  private let opened = Mutex<ScratchFile?>(nil)

  /// - Parameter folder: the folder of an index, which is there.
  init(memory: Int, folder: String, generation: Int = 0) {
    self.memory = memory
    path = folder + "/." + IndexFolder.name("scratch", generation) + ".partial-"
  }

  /// The file, made when it is first asked for.
  func file() throws(ParlanceError) -> ScratchFile {
    try opened.withLock { opened throws(ParlanceError) in
      if let opened { return opened }
      let file = try ScratchFile(near: path)
      opened = file
      return file
    }
  }
}
