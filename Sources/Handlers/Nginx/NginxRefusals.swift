import FCGIBridge

/// What nginx answers by itself where an endpoint speaks JSON: the form of RFC 6749 §5.2, which clients parse, and a problem
/// (RFC 9457) where the administration API is asked.
struct NginxRefusal {
    /// The statuses that it is for, as nginx counts them.
    let statuses: [Int]
    let name: String
    let status: Status
    /// Of §4.1.2.1 of RFC 6749, as §5.2 has none for it.
    let error: String
    let description: String

    private static let early = [
        Self([400], "malformed", .badRequest, "invalid_request", "The request is malformed."),
        Self([494], "headers_too_large", .badRequest, "invalid_request", "The headers of the request are too large."),
        Self(
            [405], "method", .methodNotAllowed, "invalid_request",
            "This endpoint does not take the method of the request."),
        Self([414], "too_long", Status(414, "URI Too Long"), "invalid_request", "The address is too long."),
    ]
    private static let late = [
        Self([403], "forbidden", .forbidden, "access_denied", "Requests from this address are not allowed."),
        Self([413], "too_large", .contentTooLarge, "invalid_request", "The request body is too large."),
        Self(
            [429], "too_many", .tooManyRequests, "temporarily_unavailable",
            "Too many requests from this address. Try again shortly."),
        Self(
            [500, 502, 504], "unavailable", .serviceUnavailable, "temporarily_unavailable",
            "The service does not answer. Try again shortly."),
    ]
    static let all = early + late
    /// Those that nginx may come to before it looks at locations, so that the server has to say where they go.
    static let beforeLocations = early
    /// Where a location has an error page of its own, nginx forgets those around it, so all that it says there by itself is
    /// named: no method and no path is refused there, but a body may be malformed, and the server may deny an address.
    static let withinLocations = [early[0]] + late

    private init(_ statuses: [Int], _ name: String, _ status: Status, _ error: String, _ description: String) {
        self.statuses = statuses
        self.name = name
        self.status = status
        self.error = error
        self.description = description
    }

    /// The line that leads there. An address, and no named location: nginx may not even know which address was asked for.
    func errorPage(below path: String) -> String {
        let codes = statuses.map(String.init).joined(separator: " ")
        let changed = status == .serviceUnavailable ? " =\(status.code)" : ""
        return "error_page \(codes)\(changed) \(path)/refused/\(name);"
    }

    var json: String { #"{"error":"\#(error)","error_description":"\#(description) Reference $postern_reference"}\n"# }

    var problem: String {
        #"{"type":"about:blank","title":"\#(status.reason)","status":\#(status.code),"detail":"\#(description)","#
            + #""refusal":"$postern_reference"}\n"#
    }
}

extension NginxConfiguration {
    /// Where those answers are given.
    var refusals: String {
        NginxRefusal.all.map { refusal in
            """
            location = \(issuer.path)/refused/\(refusal.name) {
                internal;
                \(log)
                default_type "";
                add_header Content-Type $postern_refusal_type always;
                add_header Cache-Control no-store always;
                add_header Allow $postern_refusal_allow always;
                add_header Retry-After $postern_retry_after always;
                add_header Access-Control-Allow-Origin * always;
                add_header X-Content-Type-Options nosniff always;
                add_header Strict-Transport-Security $postern_hsts always;
                if ($postern_refusal_type = "") { return \(refusal.statuses[0]); }
                if ($postern_refusal_type = application/problem+json) { return \(refusal.status.code) '\(refusal.problem)'; }
                return \(refusal.status.code) '\(refusal.json)';
            }

            """
        }.joined(separator: "\n")
    }

    /// At http level: what they go by. Nothing: the request is not for an endpoint of ours that speaks JSON, and nginx keeps
    /// its own page.
    var refusalMaps: String {
        let apis = HandlerName.allCases.filter { $0.traits.answers != .page }
        let types = apis.map { name in
            "    \"\(handlerOrRequest(name))\" application/\(name == .administration ? "problem+json" : "json");"
        }
        let methods = apis.map { name in
            "    \"~^405 \(requestPattern(name))\" \"\(Self.allow(name))\";"
        }
        return """
            # What nginx refuses by itself at an endpoint that speaks JSON: the type of the answer, by the handler, or by the
            # request line where it was refused before there was one.
            map "$postern_handler $request" $postern_refusal_type {
                default "";
            \(types.joined(separator: "\n"))
            }
            map "$status $request" $postern_refusal_allow {
                default "";
            \(methods.joined(separator: "\n"))
            }

            """
    }

    private func handlerOrRequest(_ name: HandlerName) -> String {
        "~^(\(name.rawValue) |\\S* \(requestPattern(name)))"
    }

    /// A request line that asks for it, in whichever form (RFC 9112 §3.2).
    private func requestPattern(_ name: HandlerName) -> String {
        #"\S+ (https?://[^/ ]*)?"# + Self.escaped(issuer.path + name.traits.path) + (name.traits.hasTail ? "" : "[ ?%]")
    }

    private static func allow(_ name: HandlerName) -> String {
        let methods = name.traits.methods
        return (methods.contains(.get) ? methods.union([.head]) : methods).map(\.rawValue).sorted().joined(
            separator: ", ")
    }

    /// As a regular expression has it.
    private static func escaped(_ path: String) -> String {
        path.map { $0.isLetter || $0.isNumber || "/-_~".contains($0) ? "\($0)" : "\\\($0)" }.joined()
    }
}
