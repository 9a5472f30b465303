// swift-tools-version: 6.2
import PackageDescription

// Parlance against its peers, in alternating runs: `make bench`. A package of its own, so that nobody who depends on
// Parlance builds it.

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "parlance", path: "..", traits: [])],
  targets: [
    .executableTarget(
      name: "Benchmarks",
      dependencies: [.product(name: "Parlance", package: "parlance")],
      swiftSettings: [.enableUpcomingFeature("ExistentialAny"), .treatAllWarnings(as: .error)])
  ],
  swiftLanguageModes: [.v6]
)
