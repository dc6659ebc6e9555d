import COpenSSL

/// A call of OpenSSL that failed although its input was good: out of memory, no provider, no randomness.
package struct OpenSSLError: Error, CustomStringConvertible {
    /// What was being done.
    package let operation: String
    /// OpenSSL's reason, which never holds key material; nil if it gave none.
    package let reason: String?

    /// Takes the oldest error of this thread's queue and empties the queue, so that it is not blamed on a later call.
    init(_ operation: StaticString) {
        self.operation = operation.description
        let code = ERR_get_error()
        let text = code == 0 ? nil : unsafe ERR_reason_error_string(code)
        reason = unsafe text.map { unsafe String(cString: $0) }
        ERR_clear_error()
    }

    package var description: String { "\(operation) failed: \(reason ?? "OpenSSL gave no reason")" }
}

/// Ends the process: to go on without a digest, a derived key or randomness would be worse.
func cryptographyFailed(_ operation: StaticString) -> Never {
    fatalError(OpenSSLError(operation).description)
}
