import Glibc

/// Where the programs say what went wrong.
package enum StandardError {
    package static func write(_ text: String) { write(Array(text.utf8)) }

    /// In one call, so that what the threads and processes write there doesn't mix.
    static func write(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { _ = unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
