extension ExternalID {
  /// FNV-1a with 64 bits over the UTF-8 bytes: the same on every machine and in every run, unlike Swift's `Hasher`.
  package var stableHash: UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in string.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return hash
  }
}
