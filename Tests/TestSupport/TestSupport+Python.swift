import Foundation

extension TestSupport {
  /// `judgePython`, if it has these modules as well.
  ///
  /// - Parameter modules: as Python's `import` lists them.
  public static func python(importing modules: String) -> String? {
    // What is required is not looked for: without it the test fails.
    guard let python = judgePython, !isRequired(judgesVariable) else { return judgePython }
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: python)
    probe.arguments = ["-c", "import " + modules]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return nil }
    probe.waitUntilExit()
    return probe.terminationStatus == 0 ? python : nil
  }
}
