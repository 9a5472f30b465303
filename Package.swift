// swift-tools-version: 6.2
import PackageDescription

// Every target stands under the comment `Layer N` that it lives on. Scripts/check-layers.py reads these comments and
// refuses a dependency or an import that points up.

let settings: [SwiftSetting] = [
  .strictMemorySafety(),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

/// Tests may be looser about memory safety; they are never shipped.
let testSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .treatAllWarnings(as: .error),
]

/// Functions that hand out spans say in `@_lifetime` what the span depends on.
let lifetimes: [SwiftSetting] = [.enableExperimentalFeature("Lifetimes")]

func room(
  _ name: String, _ dependencies: [Target.Dependency] = [], excluding excluded: [String] = [],
  more: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, exclude: excluded, swiftSettings: settings + more)
}

/// The tests of one room. Goldens lie beside the test sources and are opened by path, not bundled.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: name + "Tests",
    dependencies: [.byName(name: name), "Diagnostics", "Identifiers", "TestSupport"] + dependencies,
    path: "Tests/" + name + "Tests", exclude: goldenFolders(of: name), swiftSettings: testSettings)
}

/// `Tests/NAMETests/Goldens`, where there is one.
func goldenFolders(of name: String) -> [String] {
  let withGoldens: Set<String> = [
    "WordPiece", "Checkpoints", "Datasets", "SparseEncoder", "SparseVectors", "InvertedIndex", "Evaluation",
    "Distillation", "Interchange",
  ]
  return withGoldens.contains(name) ? ["Goldens"] : []
}

let package = Package(
  name: "parlance",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Parlance", targets: ["Parlance"]),
    .executable(name: "parlance", targets: ["ParlanceCLI"]),
  ],
  traits: [
    .trait(
      name: "Network",
      description: "What needs the network: models from the Hugging Face hub, rewriting by language models (SwiftNIO, "
        + "SQLite). Off: nothing of it is fetched or built."),
    .trait(
      name: "Storage",
      description:
        "The database of a sweep's runs, sessions of the service (SQLite). Off: nothing of it is fetched or built."),
    .default(enabledTraits: ["Network", "Storage"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Layer 0: no knowledge of search.
    room("Diagnostics"),
    room("Identifiers"),
    .systemLibrary(
      name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "CKernels"),
    .target(name: "CTensorEngine"),
    room("WorkerThreads", ["Diagnostics"]),
    room("BinaryFiles", ["Diagnostics", "CKernels"], more: lifetimes),
    room("LineFiles", ["Diagnostics", "BinaryFiles", "CZlib"], more: lifetimes),
    room("StrictJSON", ["Diagnostics", "BinaryFiles"], more: lifetimes),
    room(
      "SQLiteFiles",
      [
        "Diagnostics", "BinaryFiles",
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Network", "Storage"])),
      ]),
    room(
      "HTTPConnections",
      [
        "Diagnostics", "BinaryFiles",
        .product(
          name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Network"])),
      ]),

    // Layer 1: the nouns, and one capability each.
    room("Conversations", ["Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "StrictJSON"]),
    room("RankedResults", ["Diagnostics", "Identifiers", "BinaryFiles", "LineFiles"]),
    room("SparseVectors", ["Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "StrictJSON"]),
    room("WordPiece", ["Diagnostics", "BinaryFiles", "StrictJSON"]),
    room("TensorEngine", ["Diagnostics", "WorkerThreads", "CTensorEngine"]),
    room("ModelKernels", ["Diagnostics", "BinaryFiles", "WorkerThreads", "CKernels"]),
    room("Checkpoints", ["Diagnostics", "BinaryFiles", "StrictJSON", "WordPiece"]),
    room(
      "Evaluation",
      ["Diagnostics", "Identifiers", "LineFiles", "StrictJSON", "RankedResults", "SparseVectors"]),

    // Layer 2: what is built from them.
    room(
      "ModelHub",
      [
        "Diagnostics", "BinaryFiles", "StrictJSON", "HTTPConnections", "Checkpoints",
        .product(
          name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Network"])),
      ]),
    room(
      "Rewriting",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "StrictJSON", "SQLiteFiles", "HTTPConnections", "Conversations",
        .product(
          name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["Network"])),
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Network"])),
      ]),
    room(
      "Datasets",
      ["Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "StrictJSON", "Conversations", "RankedResults"]),
    room(
      "InvertedIndex",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "StrictJSON", "CKernels", "CZlib", "Conversations",
        "SparseVectors", "WorkerThreads",
      ],
      more: [.enableExperimentalFeature("Lifetimes")]),
    room(
      "Interchange",
      ["Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "StrictJSON", "SparseVectors", "InvertedIndex"],
      more: lifetimes),
    room(
      "SparseEncoder",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "Conversations", "SparseVectors", "WordPiece", "Checkpoints",
        "TensorEngine", "ModelKernels", "WorkerThreads",
      ]),

    // Layer 3: what users see.
    room(
      "Distillation",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "StrictJSON", "Conversations", "RankedResults",
        "SparseVectors", "Evaluation", "Checkpoints", "TensorEngine", "InvertedIndex", "SparseEncoder", "Retrieval",
        "WorkerThreads",
        .product(name: "Yams", package: "Yams"),
      ],
      more: lifetimes),
    room("Reports", ["Diagnostics", "Identifiers", "Evaluation"]),
    room(
      "Retrieval",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "Conversations", "RankedResults", "SparseVectors",
        "Evaluation", "InvertedIndex", "SparseEncoder", "ModelHub", "Checkpoints", "TensorEngine", "WordPiece",
        "WorkerThreads",
      ]),
    room(
      "ModelContext",
      [
        "Diagnostics", "Identifiers", "StrictJSON", "Conversations", "InvertedIndex", "Retrieval",
      ]),
    room(
      "Parlance",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "StrictJSON", "Conversations", "RankedResults", "SparseVectors",
        "WordPiece", "Checkpoints", "TensorEngine", "Evaluation", "InvertedIndex", "Interchange", "SparseEncoder",
        "Distillation", "ModelHub", "Datasets", "Reports", "Retrieval", "Rewriting", "ModelContext", "Experiments",
      ]),

    room(
      "Experiments",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "StrictJSON", "SQLiteFiles", "Conversations",
        "RankedResults", "SparseVectors", "Evaluation", "Checkpoints", "TensorEngine", "InvertedIndex", "SparseEncoder",
        "Retrieval", "Distillation",
        .product(name: "Yams", package: "Yams"),
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Storage"])),
      ]),

    // Layer 4: the service, and the terminal.
    room(
      "SearchService",
      [
        "Diagnostics", "Identifiers", "BinaryFiles", "StrictJSON", "SQLiteFiles", "Conversations", "SparseVectors",
        "InvertedIndex", "SparseEncoder", "Retrieval", "ModelContext", "WorkerThreads",
        .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Network"])),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Network"])),
        .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Network"])),
        .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Network"])),
        .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Network"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Network"])),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Network"])),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras", condition: .when(traits: ["Network"])),
        .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Network"])),
        .product(name: "Logging", package: "swift-log", condition: .when(traits: ["Network"])),
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Storage"])),
      ], excluding: ["Page/Assets"]),
    .executableTarget(
      name: "ParlanceCLI",
      dependencies: [
        "Diagnostics", "Identifiers", "BinaryFiles", "LineFiles", "Conversations", "RankedResults", "SparseVectors",
        "WordPiece", "TensorEngine", "Checkpoints", "Evaluation", "InvertedIndex", "Interchange", "SparseEncoder",
        "ModelHub", "ModelKernels", "HTTPConnections",
        "Datasets", "StrictJSON", "Reports", "Retrieval", "Distillation", "Rewriting", "ModelContext",
        "Experiments", "SearchService", "WorkerThreads",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // Tests: one target a room; what needs the engine or a judge says so when it is skipped.
    .target(
      name: "TestSupport", dependencies: ["Diagnostics", "Identifiers"], path: "Tests/TestSupport",
      swiftSettings: testSettings),
    tests("CKernels"),
    tests("BinaryFiles", ["CKernels"]),
    tests("LineFiles", ["BinaryFiles"]),
    tests("StrictJSON", ["BinaryFiles"]),
    tests(
      "SQLiteFiles",
      [.product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Network", "Storage"]))]),
    tests("HTTPConnections"),
    tests("Conversations", ["BinaryFiles", "LineFiles", "StrictJSON"]),
    tests("RankedResults", ["LineFiles"]),
    tests("SparseVectors", ["BinaryFiles", "LineFiles"]),
    tests("WordPiece", ["BinaryFiles", "StrictJSON"]),
    tests("WorkerThreads"),
    tests("TensorEngine", ["CTensorEngine"]),
    tests("ModelKernels", ["WorkerThreads", "CKernels"]),
    tests("Checkpoints", ["BinaryFiles", "StrictJSON", "WordPiece"]),
    tests("Evaluation", ["RankedResults", "SparseVectors"]),
    tests("ModelHub", ["BinaryFiles"]),
    tests(
      "Rewriting",
      [
        "BinaryFiles", "StrictJSON", "Conversations",
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Network"])),
      ]),
    tests("Datasets", ["BinaryFiles", "Conversations", "LineFiles", "StrictJSON"]),
    tests("InvertedIndex", ["BinaryFiles", "StrictJSON", "Conversations", "SparseVectors", "WorkerThreads"]),
    tests("Interchange", ["BinaryFiles", "LineFiles", "SparseVectors", "InvertedIndex"]),
    tests(
      "SparseEncoder",
      [
        "BinaryFiles", "Conversations", "SparseVectors", "WordPiece", "Checkpoints", "TensorEngine", "ModelKernels",
        "WorkerThreads",
      ]),
    tests(
      "Distillation",
      [
        "BinaryFiles", "StrictJSON", "Conversations", "RankedResults", "SparseVectors", "Evaluation", "Checkpoints",
        "TensorEngine", "CTensorEngine",
        "InvertedIndex", "SparseEncoder", "Retrieval",
      ]),
    tests("Reports", ["Evaluation", "RankedResults"]),
    tests(
      "Experiments",
      [
        "BinaryFiles", "SparseVectors", "Distillation", "Evaluation",
        .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["Storage"])),
      ]),
    tests(
      "Retrieval",
      [
        "BinaryFiles", "Conversations", "RankedResults", "SparseVectors", "Checkpoints", "InvertedIndex", "ModelHub",
        "SparseEncoder",
      ]),
    tests(
      "ModelContext",
      ["StrictJSON", "Conversations", "SparseVectors", "InvertedIndex", "Retrieval"]),
    tests(
      "SearchService",
      [
        "BinaryFiles", "StrictJSON", "Conversations", "SparseVectors", "Checkpoints", "InvertedIndex", "SparseEncoder",
        "Retrieval",
        .product(name: "NIOEmbedded", package: "swift-nio", condition: .when(traits: ["Network"])),
        .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Network"])),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras", condition: .when(traits: ["Network"])),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras", condition: .when(traits: ["Network"])),
        .product(name: "HTTPTypes", package: "swift-http-types", condition: .when(traits: ["Network"])),
      ]),
    // The command line is tested as a process: what a user types, what the screen says, the exit code.
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "TestSupport", "Diagnostics", "Identifiers", "Conversations", "RankedResults", "SparseVectors", "Experiments",
        "ParlanceCLI",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Goldens"], swiftSettings: testSettings),
  ],
  swiftLanguageModes: [.v6]
)

// Scripts/sanitize.sh tests some rooms alone, and builds no tests of the others.
if let rooms = Context.environment["PARLANCE_TESTED_ROOMS"] {
  let kept = Set(rooms.split(separator: " ").map { "\($0)Tests" })
  package.targets.removeAll { $0.type == .test && !kept.contains($0.name) }
}
