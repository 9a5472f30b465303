import Identifiers

/// Ids that have one FNV-1a hash of 64 bits, as somebody makes them who wants an index to be slow.
///
/// Of each pair either may stand at its place: the state of the hash is the same behind both. They are made of short vectors of the
/// lattice of those differences of bytes that the powers of FNV's prime sum up to zero.
enum CollidingIDs {
  private static let pairs = [
    ("ndH9MHl5v1dsRv0-", "dZAUJEP0BTh1XkHW"),
    ("y9NTV6LtFSVZL8JX", "b0YDOduU_c4VERCU"),
    ("gDYzmpZN3_avzhMm", "lMhGGHOMZnetzCyj"),
    ("tw7-zX4qgkjAAZsN", "ty9EkSSFKcfEOWqM"),
    ("NPFVPfwcRaGBFRFH", "NcszOqyavcCDX9Lq"),
    ("3Anh7yC4EURqdLMx", "1M4cphMYSSRswIXy"),
    ("gAX5Ixa6ekhuPAUJ", "g4g-PrbBfd5aEKsp"),
    ("kmAOK5R1ELS5vUjb", "aCHgPBZJEKYwhD6d"),
    ("hxdNVbBZQGZrD6lf", "rggCTksv5_RK5lgf"),
    ("3L1GkBNYJe06rR5y", "5u8K7GYJLsXg-FQf"),
    ("VlOHPXt7i2iSge9g", "lRHN_Oh4aUwqWvai"),
    ("LTb-NOM2zvyGlvFE", "NFnbMDL3espKzEyE"),
    ("dnPdP6MT-t5dEG_l", "ZiSiV7fx5bwS4_Fl"),
    ("rBJho3GCgJ3NVJs0", "yTCiebJ52KiLNsn7"),
    ("wWZ0_K5sFNSFBeT-", "wZu08wjgA1rtqo2S"),
    ("BG3kMv2pTeHCfGNd", "MFYVTnUf4QAOhYPb"),
    ("BQGRgT5T_N8p_CaG", "IXBF8fZcVDjpTIlZ"),
  ]

  /// - Parameter count: at most 131,072.
  static func ids(_ count: Int) -> [ExternalID] {
    let length = Int.bitWidth - max(0, count - 1).leadingZeroBitCount
    return (0..<count).map { number in
      ExternalID(pairs[..<length].enumerated().map { number >> $0 & 1 == 0 ? $1.0 : $1.1 }.joined())
    }
  }
}
