#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the engine's library is looked for, in order.
///
/// 1. `PARLANCE_ENGINE`, a library or a folder that holds it; if it is set, nowhere else.
/// 2. The folder of the executable.
/// 3. `../lib/parlance` from there, which is where `make install` puts it.
/// 4. The user's data folder: `$XDG_DATA_HOME/parlance`, by default `~/.local/share/parlance`.
/// 5. `Engine/build` of the package that the executable was built in.
public struct EnginePlaces: Sendable {
  /// The file name of the library.
  public static let libraryName: String = {
    #if canImport(Darwin)
      "libparlance-torch.dylib"
    #else
      "libparlance-torch.so"
    #endif
  }()

  /// The environment's variable that names the engine.
  static let variable = "PARLANCE_ENGINE"

  /// A place, and which rule named it.
  public struct Place: Hashable, Sendable {
    public var path: String
    public var reason: String
  }

  public var places: [Place]

  /// The places for this process.
  public static var standard: EnginePlaces {
    EnginePlaces(executable: executablePath, environment: environment)
  }

  /// The places for an executable at `executable` in an environment, of which `environment` gives the variables.
  public init(executable: String?, environment: (String) -> String?) {
    let library = Self.libraryName
    if let named = environment(Self.variable), !named.isEmpty {
      let path = Self.isFolder(named) ? named + "/" + library : named
      places = [Place(path: path, reason: Self.variable)]
      return
    }
    places = []
    let folders = executable.map(Self.foldersAbove) ?? []
    if let folder = folders.first {
      places.append(Place(path: "\(folder)/\(library)", reason: "beside the executable"))
    }
    if folders.count > 1 {
      places.append(Place(path: "\(folders[1])/lib/parlance/\(library)", reason: "installed with the executable"))
    }
    let data = environment("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
    if let data = data ?? environment("HOME").map({ $0 + "/.local/share" }) {
      places.append(Place(path: "\(data)/parlance/\(library)", reason: "the user's data folder"))
    }
    if let build = folders.firstIndex(where: { $0.hasSuffix("/.build") || $0.contains("/.build-") }) {
      // A nested package, such as Benchmarks, lies one folder deeper.
      for folder in folders.dropFirst(build + 1).prefix(2) {
        places.append(Place(path: "\(folder)/Engine/build/\(library)", reason: "built beside the package"))
      }
    }
  }

  /// All folders that `path` lies in, the nearest first.
  private static func foldersAbove(_ path: String) -> [String] {
    var folders: [String] = []
    var rest = path[...]
    while let slash = rest.utf8.lastIndex(of: UInt8(ascii: "/")), slash > rest.startIndex {
      rest = rest[..<slash]
      folders.append(String(rest))
    }
    return folders
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }
  }

  private static var executablePath: String? {
    #if os(Linux)
      let name = "/proc/self/exe"
    #else
      let name = CommandLine.arguments.first ?? ""
    #endif
    guard let resolved = unsafe realpath(name, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }
}
