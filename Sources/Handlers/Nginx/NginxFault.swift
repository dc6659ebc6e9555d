/// A value that can't stand in a file of nginx.
package enum NginxFault: Error, Equatable, CustomStringConvertible {
    case path(String)
    case socketTooLong(String)

    package var description: String {
        switch self {
        case .path(let path): "\(path) must be an absolute path without quotes, backslashes, $ and control characters"
        case .socketTooLong(let path):
            "\(path) is longer than the \(Pool.socketPathLimit) bytes that a Unix socket's path may have"
        }
    }
}
