import CCurl
import JOSE
import OIDCLogic
import Synchronization

/// ``Outbound`` by libcurl. All threads may use one at once; so many calls as it was made with may be under way.
package final class CurlOutbound: Outbound {
    private let rules: OutboundRules
    private let certificates: String?
    private let limit: Int
    private let timeout: Int
    private let underWay = Mutex(0)

    /// How much of an answer that nobody reads is let through, so that its sender may finish.
    private static let unreadBytes = 64 * 1024
    /// In milliseconds.
    private static let connectTimeout = 2000

    /// - Parameters:
    ///   - certificates: a PEM file of authorities to trust in place of the system's.
    ///   - limit: calls at once.
    ///   - timeout: milliseconds that a call takes at most, from the name to the last byte.
    package init(rules: OutboundRules, certificates: String? = nil, limit: Int, timeout: Int = 5000) {
        self.rules = rules
        self.certificates = certificates
        self.limit = limit
        self.timeout = timeout
    }

    package func answer(to call: OutboundCall) throws(OutboundError) -> OutboundAnswer {
        let transfer = Transfer(rules: rules, isTLS: call.uri.isHTTPS, maximumBytes: call.maximumBytes)
        let status = try self.call(
            call.uri, transfer, form: call.form.map { FormEncoding.encode($0) }, authorization: call.authorization,
            accepts: call.accepts)
        return OutboundAnswer(
            status: status, cacheControl: transfer.cacheControl, body: transfer.body,
            contentType: transfer.contentType,
            date: transfer.date.flatMap(try CurlLibrary.shared.get().time), location: transfer.location,
            isRateLimited: transfer.isRateLimited)
    }

    package func post(_ fields: [(name: String, value: String)], to uri: WebURI) throws(OutboundError) -> Int {
        let transfer = Transfer(rules: rules, isTLS: uri.isHTTPS, maximumBytes: Self.unreadBytes, keepsBody: false)
        return try call(uri, transfer, form: FormEncoding.encode(fields))
    }

    package func refuses(_ uri: WebURI) -> Bool {
        NumericHost(uri.host).map { !rules.permits($0.address, isTLS: uri.isHTTPS) } ?? false
    }

    /// - Parameter form: posted; nil: it is a GET.
    private func call(
        _ uri: WebURI, _ transfer: Transfer, form: String? = nil, authorization: Secret<OutboundCall>? = nil,
        accepts: String? = nil
    ) throws(OutboundError) -> Int {
        guard uri.isHTTPS || rules.allowsHTTP else { throw .forbidden("\(uri.value) is not https") }
        try enter()
        defer { leave() }
        let curl = try CurlLibrary.shared.get()
        return try unsafe curl.withHandle { handle throws(OutboundError) in
            let call = unsafe CurlCall(curl: curl, handle: handle)
            call.set(CURLOPT_URL, uri.value)
            // Of the scheme that the rules were asked about, so that no other can come in by a parser's difference.
            call.set(CURLOPT_PROTOCOLS_STR, uri.isHTTPS ? "https" : "http")
            call.set(CURLOPT_USERAGENT, "Postern")
            call.set(CURLOPT_PROXY, "")
            call.set(CURLOPT_FOLLOWLOCATION, 0)
            call.set(CURLOPT_NOSIGNAL, 1)
            // A name server that doesn't answer keeps a thread of libcurl's, and none of ours.
            call.set(CURLOPT_QUICK_EXIT, 1)
            call.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
            call.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
            call.set(CURLOPT_SSL_VERIFYPEER, 1)
            call.set(CURLOPT_SSL_VERIFYHOST, 2)
            if let certificates { call.set(CURLOPT_CAINFO, certificates) }
            call.set(CURLOPT_CONNECTTIMEOUT_MS, min(Self.connectTimeout, timeout))
            call.set(CURLOPT_TIMEOUT_MS, timeout)
            // libcurl makes a POST of it, of the form's media type.
            if let form { call.set(CURLOPT_COPYPOSTFIELDS, form) }
            if let authorization { call.setHeader("Authorization", authorization.reveal()) }
            if let accepts { call.setHeader("Accept", accepts) }
            call.receive(by: transfer)
            guard call.isReady else {
                throw .unreachable("libcurl does not take what a call needs; is it older than 7.87?")
            }
            let code = withExtendedLifetime(transfer) { call.perform() }
            // A status is an answer, however much comes after it.
            if !transfer.keepsBody, transfer.hasTooLongBody { return call.status }
            guard code == CURLE_OK else { throw Self.error(code, transfer, uri, curl, wasSent: call.wasSent) }
            return call.status
        }
    }

    package func waiting(_ wait: () -> Void) throws(OutboundError) {
        try enter()
        defer { leave() }
        wait()
    }

    private func enter() throws(OutboundError) {
        let isFree = underWay.withLock { count in
            guard count < limit else { return false }
            count += 1
            return true
        }
        guard isFree else { throw .busy }
    }

    private func leave() { underWay.withLock { $0 -= 1 } }

    private static func error(
        _ code: CURLcode, _ transfer: Transfer, _ uri: WebURI, _ curl: CurlLibrary, wasSent: Bool
    ) -> OutboundError {
        if transfer.isTooLong { return .tooLong }
        if transfer.hasForbiddenAddress, code == CURLE_COULDNT_CONNECT {
            return .forbidden("the address of \(uri.value) is not allowed by outbound.allow")
        }
        let cause = "\(uri.value): \(curl.text(of: code))"
        return wasSent ? .unanswered(cause) : .unreachable(cause)
    }
}

/// A handle being set up.
@safe private final class CurlCall {
    private let curl: CurlLibrary
    private let handle: CurlLibrary.Handle
    private var headers: CurlLibrary.HeaderList?
    /// False once an option was not taken.
    private(set) var isReady = true

    init(curl: CurlLibrary, handle: CurlLibrary.Handle) {
        self.curl = curl
        unsafe self.handle = handle
    }

    deinit { unsafe curl.free(headers) }

    func setHeader(_ name: String, _ value: String) {
        guard let longer = unsafe curl.append("\(name): \(value)", headers) else {
            isReady = false
            return
        }
        unsafe headers = longer
        check(unsafe ccurl_set_pointer(curl.setOption, handle, CURLOPT_HTTPHEADER, longer))
    }

    func set(_ option: CURLoption, _ value: Int) {
        check(unsafe ccurl_set_number(curl.setOption, handle, option, value))
    }

    /// libcurl keeps a copy.
    func set(_ option: CURLoption, _ value: String) {
        check(unsafe ccurl_set_text(curl.setOption, handle, option, value))
    }

    /// The transfer must live until the call is over.
    func receive(by transfer: Transfer) {
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_OPENSOCKETDATA] {
            check(unsafe ccurl_set_pointer(curl.setOption, handle, option, context))
        }
        check(unsafe ccurl_set_data_callback(curl.setOption, handle, CURLOPT_WRITEFUNCTION, Transfer.takeBody))
        check(unsafe ccurl_set_data_callback(curl.setOption, handle, CURLOPT_HEADERFUNCTION, Transfer.takeHead))
        check(unsafe ccurl_set_socket_callback(curl.setOption, handle, Transfer.open))
    }

    func perform() -> CURLcode { unsafe curl.perform(handle) }

    var status: Int { unsafe ccurl_response_code(curl.getInfo, handle) }

    var wasSent: Bool { unsafe ccurl_request_size(curl.getInfo, handle) > 0 }

    private func check(_ code: CURLcode) { isReady = isReady && code == CURLE_OK }
}
