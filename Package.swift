// swift-tools-version: 6.2
import PackageDescription

// Every target is one line in the lists below; paths and settings are computed, never repeated.
// Arrows point down only: see ARCHITECTURE.md.

let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target at Sources/<name>.
func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: settings)
}

/// The tests of the module `name`, at Tests/<name>Tests.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.init(stringLiteral: name)] + dependencies, path: "Tests/\(name)Tests",
    swiftSettings: settings)
}

let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "peil",
  products: [
    .executable(name: "peil", targets: ["peil"]),
    .library(name: "Tabular", targets: ["Tabular"]),
    .library(name: "Statistics", targets: ["Statistics"]),
    .library(name: "PipelineKit", targets: ["PipelineKit"]),
    .library(name: "PipelineTesting", targets: ["PipelineTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CLibCSV", providers: [.apt(["libcsv-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CSnappy", providers: [.apt(["libsnappy-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .target(name: "CByteMasks", path: "Sources/CByteMasks"),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    library("Tabular"),
    library("Statistics"),
    library("Parquet", ["Tabular", "CByteMasks", "CZstd", "CSnappy", "CZlib"]),
    library("PipelineKit", ["Tabular", "CArchive", "CCrypto", "CMalloc", "CZlib", yams]),
    library("PipelineTesting", ["Tabular", "PipelineKit"]),
    library("SourceAdapters", ["Tabular", "PipelineKit", "Parquet", "CLibXML2", "CLibCSV", "CByteMasks"]),
    library("Transforms", ["Tabular", "PipelineKit", "Statistics"]),
    library("Sinks", ["Tabular", "PipelineKit", "Parquet"]),
    library("BuiltinPlugins", ["PipelineKit", "SourceAdapters", "Transforms", "Sinks"]),
    .executableTarget(
      name: "peil", dependencies: ["Tabular", "PipelineKit", "BuiltinPlugins", argumentParser], path: "Sources/peil",
      swiftSettings: settings),
    .executableTarget(
      name: "fuzz", dependencies: ["Tabular", "Parquet", "PipelineKit", "BuiltinPlugins"], path: "Tests/Fuzz",
      swiftSettings: settings),

    tests("Tabular"),
    tests("Statistics"),
    tests("Parquet", ["Tabular", "CByteMasks"]),
    tests("PipelineKit", ["Tabular", "PipelineTesting"]),
    tests("PipelineTesting", ["Tabular", "PipelineKit"]),
    tests("SourceAdapters", ["Tabular", "PipelineKit", "PipelineTesting", "Parquet", "CByteMasks"]),
    tests("Transforms", ["Tabular", "PipelineKit", "PipelineTesting", "Statistics"]),
    tests("Sinks", ["Tabular", "PipelineKit", "PipelineTesting", "Parquet"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["Tabular", "PipelineKit", "PipelineTesting", "BuiltinPlugins", "Parquet", "Statistics"],
      path: "Tests/EndToEndTests", swiftSettings: settings),
    .testTarget(
      name: "RepositoryTests", dependencies: ["PipelineKit", "BuiltinPlugins"], path: "Tests/RepositoryTests",
      swiftSettings: settings),
  ]
)
