import Glibc

/// A system call that failed.
struct SystemError: Error {
    let call: String
    let errno: Int32

    static func check(_ call: String, _ body: () -> Int32) throws(SystemError) -> Int32 {
        let result = body()
        guard result >= 0 else { throw SystemError(call: call, errno: Glibc.errno) }
        return result
    }

    var event: ServerEvent { .systemError(call: call, errno: errno) }
}
