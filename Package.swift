// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.treatAllWarnings(as: .error), .strictMemorySafety()]

let package = Package(
    name: "postern",
    products: [
        .executable(name: "postern", targets: ["postern"]),
        .executable(name: "postern-fcgi", targets: ["postern-fcgi"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    ],
    targets: [
        .systemLibrary(name: "CFCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCrypt", pkgConfig: "libxcrypt", providers: [.apt(["libcrypt-dev"])]),
        // Not linked: it is opened at the first call, so what is needed here is its header.
        .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        .target(name: "CArguments"),
        .target(name: "FCGIBridge", dependencies: ["CFCGI"], swiftSettings: strict),
        .target(name: "JOSE", dependencies: ["COpenSSL", "CCrypt"], swiftSettings: strict),
        .target(name: "OIDCLogic", dependencies: ["JOSE"], swiftSettings: strict),
        .target(name: "Networks", swiftSettings: strict),
        .target(name: "Expressions", dependencies: ["CSQLite", "JOSE", "Networks"], swiftSettings: strict),
        .target(name: "SQLiteStore", dependencies: ["OIDCLogic", "JOSE", "CSQLite"], swiftSettings: strict),
        .target(name: "Outbound", dependencies: ["CCurl", "JOSE", "Networks", "OIDCLogic"], swiftSettings: strict),
        .target(
            name: "Handlers",
            dependencies: [
                "CArguments", "Expressions", "FCGIBridge", "JOSE", "Networks", "OIDCLogic", "Outbound", "SQLiteStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "postern-fcgi", dependencies: ["Handlers"], swiftSettings: strict),
        .executableTarget(
            name: "postern",
            dependencies: [
                "Handlers", "JOSE", "OIDCLogic",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),
        .executableTarget(name: "noop-fcgi", dependencies: ["FCGIBridge"], path: "bench/noop", swiftSettings: strict),

        .target(
            name: "StoreContract", dependencies: ["OIDCLogic", "JOSE"], path: "Tests/StoreContract",
            swiftSettings: strict),
        .testTarget(name: "FCGIBridgeTests", dependencies: ["FCGIBridge"], swiftSettings: strict),
        .testTarget(
            name: "JOSETests", dependencies: ["JOSE"], exclude: ["Interop", "Vectors/Wycheproof"],
            swiftSettings: strict),
        .testTarget(name: "NetworksTests", dependencies: ["Networks"], swiftSettings: strict),
        .testTarget(name: "ExpressionsTests", dependencies: ["Expressions", "JOSE"], swiftSettings: strict),
        .testTarget(name: "OIDCLogicTests", dependencies: ["OIDCLogic", "JOSE"], swiftSettings: strict),
        .testTarget(name: "OutboundTests", dependencies: ["Outbound", "OIDCLogic"], swiftSettings: strict),
        .testTarget(name: "SQLiteStoreTests", dependencies: ["SQLiteStore", "StoreContract"], swiftSettings: strict),
        .testTarget(
            name: "HandlersTests",
            dependencies: [
                "FCGIBridge", "Handlers", "JOSE", "OIDCLogic", "Outbound", "SQLiteStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
