import JOSE
import OIDCLogic

/// An upstream's endpoints, as we call them.
struct UpstreamEndpoints {
    let upstream: Upstream
    let metadata: UpstreamMetadata
    let proof: UpstreamProof
    let outbound: any Outbound
    let breaker: CircuitBreaker
    let issuer: Issuer
    let random: SystemRandom
    let now: Clock
    /// Is told what others should know of how it answers.
    var note: (UpstreamEvent) -> Void = { _ in }

    /// In bytes.
    private static let answerLimit = 256 * 1024

    /// By the code of a sign-in (RFC 6749 §4.1.3).
    func tokens(byCode code: String, of attempt: UpstreamAttempt) throws(UpstreamFault) -> [String: JSON] {
        try tokens(by: [
            ("grant_type", "authorization_code"), ("code", code),
            ("redirect_uri", upstream.redirectURI(at: issuer)), ("code_verifier", attempt.codeVerifier),
        ])
    }

    /// RFC 6749 §6.
    func tokens(byRefreshToken token: Secret<UpstreamTokens>) throws(UpstreamFault) -> [String: JSON] {
        let answer = try tokens(by: [("grant_type", "refresh_token"), ("refresh_token", token.reveal())])
        // §5.1: it must be there, so what has none says nothing of the user.
        guard answer["access_token"]?.stringValue?.isEmpty == false else {
            throw .tokenAnswer("its answer has no access_token")
        }
        return answer
    }

    /// What it says to a code that it never gave.
    func errorOfUnknownCode() -> UpstreamFault? {
        do throws(UpstreamFault) {
            _ = try tokens(by: [
                ("grant_type", "authorization_code"), ("code", "none"),
                ("redirect_uri", upstream.redirectURI(at: issuer)),
                ("code_verifier", String(repeating: "0", count: 43)),
            ])
            return nil
        } catch {
            return error
        }
    }

    /// What is there for whoever has the access token, whatever the status (RFC 6750 §2.1).
    func answer(
        at uri: WebURI, by accessToken: String, accepts: String? = nil
    ) throws(UpstreamFault) -> OutboundAnswer {
        // Else it would end the header.
        guard accessToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .tokenEndpoint("access_token has other characters than RFC 6750 allows")
        }
        return try answer(
            to: OutboundCall(
                uri, authorization: Secret("Bearer \(accessToken)"), accepts: accepts,
                maximumBytes: UpstreamUserinfo.limit))
    }

    /// RFC 6749 §4.1.3 and §6.
    private func tokens(by asked: [(String, String)]) throws(UpstreamFault) -> [String: JSON] {
        var form = asked
        var authorization: Secret<OutboundCall>?
        switch proof {
        case .secret(let secret) where upstream.authentication == .post:
            form += [("client_id", upstream.clientID), ("client_secret", secret?.reveal() ?? "")]
        case .secret(let secret):
            // §2.3.1: form-encoded first, so that a colon in the id is none of the separator's.
            let pair = "\(FormEncoding.escape(upstream.clientID)):\(FormEncoding.escape(secret?.reveal() ?? ""))"
            authorization = Secret("Basic \(Base64.encode(Array(pair.utf8)))")
        case .key(let key):
            do { form += try UpstreamAssertion(to: upstream, by: key, random: random, at: now()).fields } catch {
                throw .tokenEndpoint("no assertion could be signed for it")
            }
        }
        let answer = try answer(
            to: OutboundCall(
                metadata.tokenEndpoint, form: form.map { (name: $0.0, value: $0.1) }, authorization: authorization,
                accepts: "application/json", maximumBytes: Self.answerLimit))
        let content = try? JSON(parsing: answer.body, maximumBytes: Self.answerLimit).objectValue
        guard answer.status == 200 else {
            // §5.2: the error is a word of its own, and what else it says may be anything.
            guard let error = content?["error"]?.stringValue else { throw .tokenStatus(answer.status) }
            throw .tokenEndpoint(String(error.prefix(64)))
        }
        guard let content else { throw .tokenAnswer("its answer is no JSON object") }
        // §5.2 wants 400 for it, and GitHub says it by 200.
        if let error = content["error"]?.stringValue { throw .tokenEndpoint(String(error.prefix(64))) }
        // §7.1: whatever isn't understood isn't used, such as one that wants a proof with each call. Where none is said, as some
        // do whose only type is this one, it is tried as a bearer token all the same: it serves so, or not at all.
        if let type = content["token_type"], type != .null, type.stringValue?.lowercased() != "bearer" {
            throw .tokenType(String(decoding: type.text.utf8.prefix(64), as: UTF8.self))
        }
        return content
    }

    private func answer(to call: OutboundCall) throws(UpstreamFault) -> OutboundAnswer {
        guard breaker.permits(upstream.name) else { throw .unreachable("it hasn't answered lately") }
        let answer: OutboundAnswer
        do throws(OutboundError) { answer = try outbound.answer(to: call) } catch {
            switch error {
            case .busy: throw .unreachable("too many calls are under way")
            case .unreachable(let cause):
                heard(answer: false)
                throw .unreachable(cause)
            case .unanswered(let cause):
                heard(answer: false)
                throw .unanswered(cause)
            case .forbidden(let cause): throw .metadata(cause)
            case .tooLong: throw .answer("\(call.uri.value) answers more than \(call.maximumBytes) bytes")
            }
        }
        heard(answer: answer.status < 500)
        let refusal = "\(call.uri.value) answers \(answer.status)"
        switch answer.status {
        // Whoever is too busy, and says when to come again, has done nothing; by a 503 alone a proxy may say that it lost what
        // was answered.
        case 429: throw .unreachable(refusal)
        case 503 where answer.isRateLimited: throw .unreachable(refusal)
        case 500...: throw .unanswered(refusal)
        default: return answer
        }
    }

    private func heard(answer: Bool) {
        if let event = breaker.note(upstream.name, answered: answer) { note(event) }
    }
}

/// What we prove to an upstream by who we are.
enum UpstreamProof: Sendable {
    /// Nil: there is none.
    case secret(UpstreamSecret?)
    case key(SigningKey)
}
