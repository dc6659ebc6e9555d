/// A value that can't stand in a file of nginx.
package enum NginxFault: Error, Equatable, CustomStringConvertible {
    case issuer(String)
    case path(String)
    case name(String)
    case socketTooLong(String)

    package var description: String {
        switch self {
        case .issuer(let value): "\(value) is no issuer that nginx can serve"
        case .path(let path): "\(path) must be an absolute path without quotes, backslashes, $ and control characters"
        case .name(let name): "the pool's name \(name) must be letters, digits, - and _"
        case .socketTooLong(let path): "\(path) is longer than the 107 bytes that a unix socket's path may have"
        }
    }
}
