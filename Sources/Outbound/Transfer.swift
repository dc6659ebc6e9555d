import CCurl
import OIDCLogic

/// One call, as libcurl's callbacks see it.
final class Transfer {
    /// RFC 9110 §5.4 leaves a bound to us. In bytes, of all lines together.
    private static let maximumHeadBytes = 16 * 1024

    private let rules: OutboundRules
    private let isTLS: Bool
    private let maximumBytes: Int
    let keepsBody: Bool
    private(set) var body: [UInt8] = []
    private(set) var cacheControl: String?
    private(set) var contentType: String?
    private(set) var date: String?
    private(set) var location: String?
    private(set) var isRateLimited = false
    private(set) var isTooLong = false
    private(set) var hasTooLongBody = false
    private(set) var hasForbiddenAddress = false
    private var headBytes = 0
    private var bodyBytes = 0

    /// - Parameter keepsBody: false: its bytes are counted only.
    init(rules: OutboundRules, isTLS: Bool, maximumBytes: Int, keepsBody: Bool = true) {
        self.rules = rules
        self.isTLS = isTLS
        self.maximumBytes = maximumBytes
        self.keepsBody = keepsBody
    }

    /// Whether the call goes on.
    fileprivate func take(body bytes: UnsafeRawBufferPointer) -> Bool {
        bodyBytes += bytes.count
        guard bodyBytes <= maximumBytes else {
            isTooLong = true
            hasTooLongBody = true
            return false
        }
        if keepsBody { unsafe body.append(contentsOf: bytes) }
        return true
    }

    fileprivate func take(head bytes: UnsafeRawBufferPointer) -> Bool {
        headBytes += bytes.count
        guard headBytes <= Self.maximumHeadBytes else {
            isTooLong = true
            return false
        }
        let line = unsafe String(decoding: bytes, as: UTF8.self)
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2 else { return true }
        let value = String(parts[1].drop { $0 == " " }.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" })
        switch parts[0].lowercased() {
        case "cache-control": cacheControl = cacheControl.map { $0 + "," + value } ?? value
        case "content-type": contentType = value
        case "date": date = value
        case "location": location = value
        case "retry-after": isRateLimited = true
        case "x-ratelimit-remaining": isRateLimited = isRateLimited || value == "0"
        default: break
        }
        return true
    }

    /// The socket to `address`, or none where the rules don't permit it: what is checked is what is connected to.
    fileprivate func open(_ address: UnsafePointer<curl_sockaddr>) -> Int32 {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe Int(ccurl_address(address, &bytes))
        guard count > 0, rules.permits(Array(bytes.prefix(count)), isTLS: isTLS) else {
            hasForbiddenAddress = true
            return -1
        }
        return unsafe ccurl_open(address)
    }

    /// The transfer that a callback was given as its context.
    private static func of(_ context: UnsafeMutableRawPointer) -> Transfer {
        unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
    }

    static let takeBody: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
        bytes, size, count, context in
        guard let context = unsafe context else { return 0 }
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe of(context).take(body: buffer) ? size * count : 0
    }

    static let takeHead: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
        bytes, size, count, context in
        guard let context = unsafe context else { return 0 }
        let buffer = unsafe UnsafeRawBufferPointer(start: bytes, count: size * count)
        return unsafe of(context).take(head: buffer) ? size * count : 0
    }

    static let open:
        @convention(c) (UnsafeMutableRawPointer?, curlsocktype, UnsafeMutablePointer<curl_sockaddr>?) -> Int32 = {
            context, _, address in
            guard let context = unsafe context, let address = unsafe address else { return -1 }
            return unsafe of(context).open(address)
        }
}
