import Conversations
import Datasets
import Diagnostics

enum DocumentTargets {
  static let all: [FuzzTarget] = ["html", "md", "txt", "html.gz"].map { format in
    FuzzTarget(name: "document-\(format.replacing(".", with: "-"))") { bytes throws(ParlanceError) in
      _ = ScratchFile.write(bytes, suffix: "." + format)
      let splitter = PassageSplitter()
      _ = try splitter.split(folders: [ScratchFile.folder]) { passage throws(ParlanceError) in
        precondition(!passage.text.isEmpty, "a passage without text")
      }
    }
  }
}
