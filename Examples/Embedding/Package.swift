// swift-tools-version: 6.2
import PackageDescription

// A program of its own that searches with Parlance: what a package that embeds it looks like.
let package = Package(
  name: "embedding",
  platforms: [.macOS(.v15)],
  dependencies: [
    // Without traits nothing of SwiftNIO is fetched or built; take the default ones for models from the hub.
    .package(name: "parlance", path: "../..", traits: [])
  ],
  targets: [
    .executableTarget(name: "Embedding", dependencies: [.product(name: "Parlance", package: "parlance")])
  ]
)
