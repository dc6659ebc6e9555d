import FCGIBridge
import JOSE
import OIDCLogic

/// Calls to an upstream of which a trace tells: what was sent, and what came, with secrets cut out.
struct TracedOutbound: Outbound {
    private let outbound: any Outbound
    private let note: @Sendable (String, JSON) -> Void

    init(_ outbound: any Outbound, note: @escaping @Sendable (String, JSON) -> Void) {
        self.outbound = outbound
        self.note = note
    }

    func answer(to call: OutboundCall) throws(OutboundError) -> OutboundAnswer {
        var details: [String: JSON] = ["address": .string(call.uri.value)]
        if let form = call.form { details["sent"] = TraceCut.form(form) }
        if call.authorization != nil { details["Authorization"] = .string(TraceCut.word) }
        let what = call.form == nil ? "Asked the upstream" : "Asked the upstream's token endpoint"
        do throws(OutboundError) {
            let answer = try outbound.answer(to: call)
            details["status"] = .integer(Int64(answer.status))
            details["answer"] = call.form == nil ? TraceCut.claims(of: answer.body) : TraceCut.tokens(of: answer.body)
            note(what, .object(details))
            return answer
        } catch {
            details["fault"] = .string("\(error)")
            note(what, .object(details))
            throw error
        }
    }

    func post(_ fields: [(name: String, value: String)], to uri: WebURI) throws(OutboundError) -> Int {
        try outbound.post(fields, to: uri)
    }

    func refuses(_ uri: WebURI) -> Bool { outbound.refuses(uri) }

    func waiting(_ wait: () -> Void) throws(OutboundError) { try outbound.waiting(wait) }
}

/// Cuts out what is secret. Of what programs say to each other, what isn't known to be harmless is cut out; of what is said of
/// the user, tokens and secrets are.
enum TraceCut {
    static let word = TracedSecrets.word

    /// Of a request to the token endpoint (RFC 6749 §4.1.3, §6).
    private static let harmlessFields = [
        "grant_type", "redirect_uri", "client_id", "scope", "resource", "client_assertion_type",
    ]
    /// Of its answer (§5.1, §5.2).
    private static let harmlessMembers = [
        "token_type", "expires_in", "scope", "error", "error_description", "error_uri", "refresh_expires_in",
    ]
    /// Of what is sent to the browser, or comes back by it.
    private static let harmlessParameters = [
        "response_type", "response_mode", "client_id", "redirect_uri", "scope", "code_challenge_method", "prompt",
        "max_age", "login_hint", "ui_locales", "acr_values", "claims", "iss", "error", "error_description", "error_uri",
        "session_state", "hd", "domain_hint", "organization", "connection", "kc_idp_hint",
    ]
    /// In bytes.
    private static let limit = 256 * 1024

    static func form(_ fields: [(name: String, value: String)]) -> JSON { cut(fields, but: harmlessFields) }

    static func parameters(_ fields: [(name: String, value: String)]) -> JSON { cut(fields, but: harmlessParameters) }

    private static func cut(_ fields: [(name: String, value: String)], but harmless: [String]) -> JSON {
        .object(
            Dictionary(
                fields.map { field in
                    (field.name, .string(harmless.contains(field.name) ? field.value : word))
                }
            ) { first, _ in first })
    }

    static func tokens(of body: [UInt8]) -> JSON {
        guard let members = try? JSON(parsing: body, maximumBytes: limit).objectValue else {
            return .string("(no JSON object, \(body.count) bytes)")
        }
        var shown: [String: JSON] = [:]
        for (name, value) in members {
            if name == "id_token", let token = value.stringValue {
                shown[name] = idToken(token)
            } else {
                shown[name] = harmlessMembers.contains(name) ? value : .string(word)
            }
        }
        return .object(shown)
    }

    /// Header and claims, which were verified or not; the signature, by which it would be a token, is left out.
    private static func idToken(_ text: String) -> JSON {
        guard let token = try? UnverifiedJWS(text), let claims = try? JSON(parsing: token.unverifiedPayload) else {
            return "(no signed JWT)"
        }
        var header: [String: JSON] = ["alg": .string(token.algorithm)]
        header["kid"] = token.keyID.map(JSON.string)
        header["typ"] = token.type.map(JSON.string)
        return ["header": .object(header), "claims": TracedSecrets.cut(claims)]
    }

    static func claims(of body: [UInt8]) -> JSON {
        if let json = try? JSON(parsing: body, maximumBytes: limit) { return TracedSecrets.cut(json) }
        return idToken(String(decoding: body, as: UTF8.self))
    }
}
