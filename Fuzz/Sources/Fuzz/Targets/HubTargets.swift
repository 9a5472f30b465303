import Diagnostics
@_spi(Fuzzing) import ModelHub

enum HubTargets {
  static let all: [FuzzTarget] = [
    // What the hub says a repository holds: names of files that will be made.
    FuzzTarget(name: "hub-listing") { bytes throws(ParlanceError) in
      let listing = try HubListing(parsing: bytes, from: "listing")
      for path in listing.needed {
        precondition(listing.paths.contains(path), "\(path) is brought and was not named")
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        precondition(parts.count <= 4, "\(path) is deeper than a model's files")
        precondition(!parts.contains("..") && !parts.contains(".") && !parts.contains(""), "\(path) leaves its folder")
        precondition(!path.utf8.contains(0) && !path.contains("\\"), "\(path) is another path to some system")
      }
      precondition(!listing.commit.contains("/"), "the commit is no name")
    }
  ]
}
