import CCurl
import Glibc
import OIDCLogic

/// libcurl, opened at the first call: it brings 30 libraries and 13 MB, which most processes never need.
@safe struct CurlLibrary: @unchecked Sendable {
    typealias Handle = UnsafeMutableRawPointer
    typealias HeaderList = UnsafeMutableRawPointer

    /// Opened and set up once; a process that couldn't never can.
    static let shared: Result<CurlLibrary, OutboundError> = {
        do throws(OutboundError) { return .success(try CurlLibrary()) } catch { return .failure(error) }
    }()

    let setOption: UnsafeMutableRawPointer
    let getInfo: UnsafeMutableRawPointer
    private let easyInit: @convention(c) () -> Handle?
    private let easyPerform: @convention(c) (Handle) -> CURLcode
    private let easyCleanUp: @convention(c) (Handle) -> Void
    private let listAppend: @convention(c) (HeaderList?, UnsafePointer<CChar>) -> HeaderList?
    private let listFree: @convention(c) (HeaderList?) -> Void
    private let getDate: @convention(c) (UnsafePointer<CChar>, UnsafePointer<Int>?) -> Int
    private let easyError: @convention(c) (CURLcode) -> UnsafePointer<CChar>?

    private static let name = "libcurl.so.4"

    private init() throws(OutboundError) {
        guard let library = unsafe dlopen(Self.name, RTLD_NOW | RTLD_LOCAL) else {
            throw .unreachable("\(Self.name) can't be opened; install libcurl4")
        }
        func function(_ name: String) throws(OutboundError) -> UnsafeMutableRawPointer {
            guard let address = unsafe dlsym(library, name) else { throw .unreachable("\(Self.name) has no \(name)") }
            return unsafe address
        }
        unsafe setOption = try function("curl_easy_setopt")
        unsafe getInfo = try function("curl_easy_getinfo")
        unsafe easyInit = unsafeBitCast(try function("curl_easy_init"), to: (@convention(c) () -> Handle?).self)
        unsafe easyPerform = unsafeBitCast(
            try function("curl_easy_perform"), to: (@convention(c) (Handle) -> CURLcode).self)
        unsafe easyCleanUp = unsafeBitCast(
            try function("curl_easy_cleanup"), to: (@convention(c) (Handle) -> Void).self)
        unsafe listAppend = unsafeBitCast(
            try function("curl_slist_append"),
            to: (@convention(c) (HeaderList?, UnsafePointer<CChar>) -> HeaderList?).self)
        unsafe listFree = unsafeBitCast(
            try function("curl_slist_free_all"), to: (@convention(c) (HeaderList?) -> Void).self)
        unsafe getDate = unsafeBitCast(
            try function("curl_getdate"),
            to: (@convention(c) (UnsafePointer<CChar>, UnsafePointer<Int>?) -> Int).self)
        unsafe easyError = unsafeBitCast(
            try function("curl_easy_strerror"), to: (@convention(c) (CURLcode) -> UnsafePointer<CChar>?).self)
        let setUp = unsafe unsafeBitCast(
            try function("curl_global_init"), to: (@convention(c) (Int) -> CURLcode).self)
        // CURL_GLOBAL_ALL, which Swift can't see. `shared` is made once, whatever the threads.
        guard setUp(3) == CURLE_OK else { throw .unreachable("\(Self.name) can't be set up") }
    }

    /// Makes a handle for `body`, and frees it.
    func withHandle<Result>(_ body: (Handle) throws(OutboundError) -> Result) throws(OutboundError) -> Result {
        guard let handle = unsafe easyInit() else { throw .unreachable("libcurl has no memory for a call") }
        defer { unsafe easyCleanUp(handle) }
        return try unsafe body(handle)
    }

    func perform(_ handle: Handle) -> CURLcode { unsafe easyPerform(handle) }

    /// The list with a copy of one line more; nil: there is no memory for it.
    func append(_ line: String, _ list: HeaderList?) -> HeaderList? {
        unsafe line.withCString { unsafe listAppend(list, $0) }
    }

    func free(_ list: HeaderList?) { unsafe listFree(list) }

    /// Of a header's date; nil: it is none.
    func time(_ date: String) -> Timestamp? {
        let seconds = unsafe date.withCString { unsafe getDate($0, nil) }
        return seconds < 0 ? nil : Timestamp(Int64(seconds))
    }

    func text(of code: CURLcode) -> String {
        unsafe easyError(code).map { unsafe String(cString: $0) } ?? "libcurl error \(code.rawValue)"
    }
}
