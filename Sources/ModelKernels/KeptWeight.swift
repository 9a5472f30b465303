package import BinaryFiles
import CKernels
import Diagnostics

/// Where the quantised weight of a vocabulary head is kept for the next start.
///
/// The name has the hash of the model's weights and the kernel; checksums tell damage; and some panels are quantised anew and
/// compared byte for byte, so that what another version of the arithmetic made is not used. A logit's bound holds for the
/// integers it was made with and no others.
package struct KeptWeight: Sendable {
  private let files: DerivedFiles
  private let digest: String

  /// Files of version 2 are of finite weights alone; those of version 1 may be of any.
  private static let format = FileFormat(
    magic: "PARLHEAD", name: "kept quantised weight", version: FormatVersion(2, 0))
  private static let section = "integers"
  /// How many panels are compared.
  private static let samples = 8

  /// - Parameter digest: of the files that the weight is in, in hexadecimal.
  package init(_ files: DerivedFiles, digest: String) {
    self.files = files
    self.digest = digest
  }

  private func name(_ kernel: OpaquePointer) -> String {
    "head-\(digest)-\(unsafe String(cString: parlance_screen_name(kernel)))"
  }

  /// The integers of `weight`; `nil` where they are not kept, or not as this kernel makes them.
  func read(_ kernel: OpaquePointer, weight: FloatBuffer, vocabulary: Int, width: Int) -> FloatBuffer? {
    guard let file = files.file(unsafe name(kernel), Self.format), let section = try? file.section(Self.section),
      section.count == Self.bytes(vocabulary, width), let integers = FloatBuffer(mapping: section)
    else { return nil }
    let panels = Int(parlance_screen_panels(Int64(vocabulary)))
    let room = FloatBuffer(count: Self.bytes(1, width) / 4)
    for sample in 0..<Self.samples {
      let panel = Int64((panels - 1) * sample / (Self.samples - 1))
      let holds = unsafe parlance_screen_holds(
        kernel, weight.base, Int64(vocabulary), Int64(width), panel, integers.base, room.base)
      if holds == 0 { return nil }
    }
    return integers
  }

  func write(_ integers: FloatBuffer, _ kernel: OpaquePointer) {
    files.keep(unsafe name(kernel), Self.format) { writer in
      try writer.beginSection(Self.section)
      try writer.write(unsafe Span(_unsafeStart: UnsafePointer(integers.base), count: integers.count))
    }
  }

  private static func bytes(_ vocabulary: Int, _ width: Int) -> Int {
    parlance_screen_weight_bytes(Int64(vocabulary), Int64(width))
  }
}
