/// Turns places in UTF-8 bytes into places in Unicode scalars, for one text.
struct ScalarOffsets {
  /// How many scalars begin before each byte; empty for ASCII, where both count alike.
  private var scalars: [Int] = []

  init(_ text: some Collection<UInt8>) {
    if text.allSatisfy({ $0 < 0x80 }) { return }
    scalars.reserveCapacity(text.count + 1)
    var count = 0
    for byte in text {
      if byte & 0xC0 != 0x80 { count += 1 }
      scalars.append(count - 1)
    }
    scalars.append(count)
  }

  func scalarRange(_ bytes: Range<Int>) -> Range<Int> {
    if scalars.isEmpty { return bytes }
    return scalars[bytes.lowerBound]..<scalars[bytes.upperBound]
  }
}

extension SequenceTemplate {
  /// No special tokens.
  static let bareFirst = SequenceTemplate(parts: [.first(typeID: 0)])
  static let barePair = SequenceTemplate(parts: [.first(typeID: 0), .second(typeID: 1)])
}

extension Encoding {
  /// Lays tokens out as the template says.
  mutating func append(
    _ first: ArraySlice<TokenBuffer.Token>, _ firstOffsets: ScalarOffsets,
    _ second: ArraySlice<TokenBuffer.Token> = [], _ secondOffsets: ScalarOffsets = ScalarOffsets([UInt8]()),
    template: SequenceTemplate
  ) {
    let count = first.count + second.count + template.specialCount
    ids.reserveCapacity(count)
    typeIDs.reserveCapacity(count)
    offsets.reserveCapacity(count)
    byteOffsets.reserveCapacity(count)
    isAdded.reserveCapacity(count)
    for part in template.parts {
      switch part {
      case .special(let id, let typeID):
        ids.append(id)
        typeIDs.append(typeID)
        offsets.append(0..<0)
        byteOffsets.append(0..<0)
        isAdded.append(true)
      case .first(let typeID): append(first, firstOffsets, typeID: typeID)
      case .second(let typeID): append(second, secondOffsets, typeID: typeID)
      }
    }
  }

  private mutating func append(_ tokens: ArraySlice<TokenBuffer.Token>, _ scalars: ScalarOffsets, typeID: Int32) {
    for token in tokens {
      let bytes = Int(token.start)..<Int(token.end)
      ids.append(token.id)
      typeIDs.append(typeID)
      byteOffsets.append(bytes)
      offsets.append(scalars.scalarRange(bytes))
      isAdded.append(false)
    }
  }
}
