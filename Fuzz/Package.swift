// swift-tools-version: 6.2
import PackageDescription

// Every parser of outside bytes under libFuzzer: `make fuzz`. A package of its own, so that nobody who depends on
// Parlance builds it. One program holds all targets; FUZZ_TARGET names the one to run.

let package = Package(
  name: "fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "parlance", path: "..", traits: [])],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [.product(name: "Parlance", package: "parlance")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .treatAllWarnings(as: .error),
        // libFuzzer brings `main`.
        .unsafeFlags(["-parse-as-library"]),
      ])
  ],
  swiftLanguageModes: [.v6]
)
