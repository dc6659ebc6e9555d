import CFCGI
import Glibc

/// One request as a CGI program gets it (RFC 3875): from the environment and standard input, to standard output.
struct PlainCGI {
    let dispatch: Dispatch

    /// - Returns: the exit status of the program.
    func run() -> Int32 {
        let variables = unsafe MetaVariables(environment: cfcgi_environ())
        let input = StandardInput(remaining: Dispatch.contentLength(variables) ?? 0)
        var block: [UInt8] = []
        guard let response = try? dispatch.answer(variables, body: input, block: &block) else { return 1 }
        return Self.write(block) && Self.write(response.body) ? 0 : 1
    }

    private static func write(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { buffer in
            guard let start = buffer.baseAddress else { return true }
            var position = 0
            while position < buffer.count {
                let written = unsafe Glibc.write(STDOUT_FILENO, start + position, buffer.count - position)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { return false }
                position += written
            }
            return true
        }
    }
}

/// RFC 3875 section 4.2: no more than the announced length is read, for the server need not end the stream there.
private final class StandardInput: BodySource {
    private var remaining: Int

    init(remaining: Int) {
        self.remaining = remaining
    }

    @unsafe func read(into buffer: UnsafeMutableRawBufferPointer) throws(ConnectionLost) -> Int {
        var filled = 0
        while let start = buffer.baseAddress, filled < buffer.count, remaining > 0 {
            let count = unsafe Glibc.read(STDIN_FILENO, start + filled, min(buffer.count - filled, remaining))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw ConnectionLost() }
            if count == 0 { break }
            filled += count
            remaining -= count
        }
        return filled
    }
}
