import BinaryFiles
public import Diagnostics
import StrictJSON

/// What something that a sweep prepared was made of: `NAME.made` beside it, so that it is not taken for what other inputs or
/// another command would make.
public struct MadeNote: Codable, Equatable {
  /// The subcommand's words, as the sweep has them.
  public var command: [String]
  /// The files among them.
  public var read: [RunResult.Fingerprint]

  /// What the step is going to read.
  ///
  /// - Parameters:
  ///   - operands: the command's words without the subcommand's name, `index build`, which may be that of a folder as well.
  ///   - written: what the sweep itself writes, which is not read where it lies in a folder among the words.
  public init(
    of step: Sweep.Preparation, operands: some Sequence<String>, without written: [String],
    _ data: inout DataFingerprints
  ) throws(ParlanceError) {
    command = step.command
    read = []
    for path in Self.inputs(of: step, operands) {
      for file in DataFingerprints.files(at: path, without: written) { read.append(try data.of(file)) }
    }
  }

  /// What a sweep writes from the step at a place on, with all notes and its folder. What the steps before it made is there, and
  /// may be read.
  public static func written(from place: Int, of sweep: Sweep, in folder: SweepFolder) -> [String] {
    sweep.prepare[place...].map(\.makes) + sweep.prepare.map { path(for: $0.makes) } + [folder.path]
  }

  private static func inputs(of step: Sweep.Preparation, _ operands: some Sequence<String>) -> [String] {
    operands.flatMap(paths).filter { $0 != step.makes }
  }

  /// What may be paths in a word: itself, and what stands behind the sign of `--option=path` and `name=path`.
  private static func paths(in word: String) -> [String] {
    guard let sign = word.firstIndex(of: "="), word.index(after: sign) < word.endIndex else { return [word] }
    return [word, String(word[word.index(after: sign)...])]
  }

  static func path(for made: String) -> String { made + ".made" }

  /// Whether it is there and whole: an index that is still being built, or was left so, is not.
  public static func isMade(_ path: String) -> Bool {
    FileNames.exists(path)
      && !(FileNames.exists(path + "/lock") && !FileNames.exists(DataFingerprints.manifest(of: path)))
  }

  /// Held while it is being made or checked; the file stays.
  public static func lock(for made: String) -> String {
    let folder = BinaryFiles.folder(of: made)
    return (folder == "/" ? "/" : folder + "/") + "." + fileName(of: made) + ".making"
  }

  public func write(for made: String) throws(ParlanceError) {
    try CodableJSON.write(self, to: Self.path(for: made), orSay: "the note cannot be written as JSON")
  }

  /// The note of what was made, where there is one.
  ///
  /// - Throws: `badInput` for something else under its name.
  public static func of(_ made: String) throws(ParlanceError) -> MadeNote? {
    let path = path(for: made)
    guard FileNames.exists(path) else { return nil }
    return try CodableJSON.read(MadeNote.self, from: path, orSay: "expected the note of what \(made) was made of")
  }

  /// Keeps the notes of what a sweep prepared in its folder, for the record: those beside what was made are gone where they are
  /// made anew.
  public static func keep(_ steps: [Sweep.Preparation], in folder: SweepFolder) throws(ParlanceError) {
    var kept: [String: MadeNote] = [:]
    for step in steps { kept[step.makes] = try of(step.makes) }
    guard !kept.isEmpty else { return }
    try CodableJSON.write(kept, to: folder.prepared, orSay: "the notes cannot be written as JSON")
  }

  /// The notes that `keep` left, by what was made; empty without.
  public static func kept(in folder: SweepFolder) throws(ParlanceError) -> [String: MadeNote] {
    guard FileNames.exists(folder.prepared) else { return [:] }
    return try CodableJSON.read(
      [String: MadeNote].self, from: folder.prepared, orSay: "expected the notes of what the sweep prepared")
  }

  /// Refuses what was made by another command, or of files that changed since, or of a folder that has more by now. What has no
  /// note is taken as it is, and so is what was made of files that are gone.
  ///
  /// - Parameters:
  ///   - operands: as of `init`.
  ///   - written: likewise.
  /// - Throws: `badInput` that names the file and its input.
  public static func check(
    _ step: Sweep.Preparation, operands: some Sequence<String>, without written: [String],
    _ data: inout DataFingerprints
  ) throws(ParlanceError) {
    guard let note = try of(step.makes) else { return }
    func fault(_ what: String) -> ParlanceError {
      ParlanceError(
        .badInput, "\(what); remove it to have it made again, or \(path(for: step.makes)) to keep it as it is",
        at: .init(file: step.makes))
    }
    guard note.command == step.command else {
      throw fault("it was made by another command, parlance \(note.command.joined(separator: " "))")
    }
    for print in note.read where FileNames.exists(print.file) {
      guard try data.of(print.file) == print else { throw fault("it was made of \(print.file), which changed since") }
    }
    let known = Set(note.read.map(\.file))
    for path in inputs(of: step, operands) where known.contains(where: { $0.hasPrefix(path + "/") }) {
      if let added = DataFingerprints.files(at: path, without: written).first(where: { !known.contains($0) }) {
        throw fault("it was made of \(path), and \(added) is not in its note")
      }
    }
  }
}
