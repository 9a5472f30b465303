import ArgumentParser
import Diagnostics
import InvertedIndex
import Reports

/// How much memory a command may take that writes an index.
struct BuildMemory: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory for what grows with the collection; what does not fit is sorted in a file. (default: 1)",
      valueName: "GiB"))
  var memory: Double?

  func validate() throws {
    if let memory, !(memory >= 0.016 && memory <= 0x1p20) {
      throw ValidationError("expected --memory between 0.016 and 1048576, found \(memory)")
    }
  }

  func apply(to configuration: inout IndexConfiguration) {
    if let memory { configuration.memory = Int(memory * 0x1p30) }
  }

  var configuration: IndexConfiguration {
    var configuration = IndexConfiguration()
    apply(to: &configuration)
    return configuration
  }
}

extension BuildEstimate {
  /// In bytes.
  var json: OrderedJSON {
    [
      "disk": .integer(disk), "temporary_disk": .integer(temporaryDisk), "memory": .integer(memory),
    ]
  }

  /// Says what will be taken, before it is.
  func tell() {
    func megabytes(_ bytes: Int) -> String { FixedDecimal.grouped((bytes + 999_999) / 1_000_000) + " MB" }
    Console.standard.note(
      "at most \(megabytes(disk)) of disk for the index, \(megabytes(temporaryDisk)) besides while it is built, and "
        + "\(megabytes(memory)) of memory")
  }
}
