import CFCGI

/// One worker's `FCGX_Request`, which serves one request after another on connections that are lent to it.
@safe final class FastCGIRequest {
    // libfcgi's streams point back to the request, so it must not move.
    private let request: UnsafeMutablePointer<FCGX_Request>

    init() {
        unsafe request = .allocate(capacity: 1)
        unsafe FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        unsafe FCGX_Free(request, 0)
        unsafe request.deallocate()
    }

    /// Reads the beginning of a request and its parameters. `false` if the web server closed the connection,
    /// or sent something else; the connection is closed then, and there is nothing to end.
    func begin(on connection: Int32) -> Bool {
        unsafe request.pointee.ipcFd = connection
        // FCGX_Accept_r first finishes the request before, which would close the connection.
        unsafe request.pointee.keepConnection = 1
        guard unsafe FCGX_Accept_r(request) == 0 else { return false }
        // libfcgi takes parameters that break off, or are aborted, for complete ones, but remembers the error.
        guard unsafe request.pointee.role == FCGI_RESPONDER, unsafe FCGX_GetError(request.pointee.in) == 0 else {
            abandon()
            return false
        }
        return true
    }

    var variables: MetaVariables { unsafe MetaVariables(environment: request.pointee.envp) }

    func write(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return }
            // An error stays with the stream: it closes the connection at the end of the request.
            _ = unsafe FCGX_PutStr(start, Int32(clamping: buffer.count), request.pointee.out)
        }
    }

    /// Sends what is left of the answer. The connection, if it stays open for the next request.
    func end() -> Int32? {
        unsafe FCGX_Finish_r(request)
        let connection = unsafe request.pointee.ipcFd
        unsafe request.pointee.ipcFd = -1
        return connection < 0 ? nil : connection
    }

    /// Ends a request whose input broke off: the connection is closed.
    func abandon() {
        unsafe request.pointee.keepConnection = 0
        _ = end()
    }
}

extension FastCGIRequest: BodySource {
    @unsafe func read(into buffer: UnsafeMutableRawBufferPointer) throws(ConnectionLost) -> Int {
        guard let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self) else { return 0 }
        let count = unsafe FCGX_GetStr(start, Int32(clamping: buffer.count), request.pointee.in)
        if count < buffer.count, unsafe FCGX_GetError(request.pointee.in) != 0 { throw ConnectionLost() }
        return Int(count)
    }
}
