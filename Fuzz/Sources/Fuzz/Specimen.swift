#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The committed files of the package's own tests, for targets that damage one file of several.
enum Specimen {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

  /// - Parameter path: from the package's root.
  static func path(_ path: String) -> String { root + "/" + path }

  static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(Specimen.path(path), "rb") else { fatalError("the specimen is missing: \(path)") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&piece, 1, piece.count, file), count > 0 { bytes += piece[..<count] }
    return bytes
  }

  /// A scratch folder in which every file is a link to that of `folder`, made once a process.
  ///
  /// - Parameter leavingOut: what the target writes itself.
  static func linkedFolder(_ folder: String, leavingOut name: String) -> String {
    let copy = ScratchFile.folder + "/specimen"
    link(path(folder), to: copy, leavingOut: copy + "/" + name)
    return copy
  }

  private static func link(_ original: String, to copy: String, leavingOut name: String) {
    mkdir(copy, 0o700)
    guard let listing = opendir(original) else { fatalError("the specimen is missing: \(original)") }
    defer { closedir(listing) }
    while let entry = readdir(listing) {
      let file = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      let (from, to) = (original + "/" + file, copy + "/" + file)
      if file.hasPrefix(".") || to == name { continue }
      if entry.pointee.d_type == UInt8(DT_DIR) { link(from, to: to, leavingOut: name) } else { symlink(from, to) }
    }
  }
}
