import ArgumentParser

/// `parlance vectors`: what a `.vectors` file says, and to and from the formats of other tools.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Describe, export and import files of sparse vectors.",
    discussion: """
      Examples:
        parlance vectors info passages.vectors
        parlance vectors export passages.vectors --to npz --out passages.npz
        parlance vectors import passages.npz --out passages.vectors
        parlance vectors export passages.vectors --to ciff --out passages.ciff
      """,
    subcommands: [VectorsInfoCommand.self, VectorsExportCommand.self, VectorsImportCommand.self])
}
