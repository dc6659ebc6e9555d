import OIDCLogic

/// The files that put Postern behind an nginx: a pure function of the values here.
///
/// What is checked in under `nginx/` is these files for `NginxConfiguration.example`.
package struct NginxConfiguration: Sendable {
    let issuer: Issuer
    let pools: [Pool]
    let staticDirectory: String
    let cacheDirectory: String
    let accessLog: String

    /// - Parameters:
    ///   - staticDirectory: the folder of style sheet, icons and error pages (`nginx/static` in the source tree).
    ///   - cacheDirectory: nginx makes it; the folder above it must be there.
    /// - Throws: `NginxFault` for a value that nginx would read as something else than a plain word.
    package init(
        issuer: Issuer, pools: [Pool], staticDirectory: String, cacheDirectory: String = NginxCache.defaultDirectory,
        accessLog: String = "/var/log/nginx/postern.log"
    ) throws(NginxFault) {
        self.issuer = issuer
        self.pools = pools
        self.staticDirectory = staticDirectory
        self.cacheDirectory = cacheDirectory
        self.accessLog = accessLog
        for path in pools.map(\.socket) + [staticDirectory, cacheDirectory, accessLog] {
            guard path.hasPrefix("/"), path.utf8.allSatisfy(Self.isPlain) else { throw .path(path) }
        }
        for pool in pools where pool.socket.utf8.count > Pool.socketPathLimit { throw .socketTooLong(pool.socket) }
    }

    /// The pool that serves a handler, if one does.
    func pool(for handler: HandlerName) -> Pool? {
        pools.first { $0.handlers.contains(handler) }
    }

    /// A path as one word of nginx's grammar.
    static func word(_ path: String) -> String {
        let isBare = path.utf8.allSatisfy { isWordByte($0) || "/.:+@~".utf8.contains($0) }
        return isBare ? path : "\"\(path)\""
    }

    // A dollar sign has no escape in nginx, so it can't be part of a path.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != 0x7F && !"\"\\$".utf8.contains(byte)
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
