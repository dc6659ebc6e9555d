import JOSE
import OIDCLogic

/// Asks an upstream's endpoints about a user: by the code of a sign-in (OpenID Connect Core §3.1.3, §5.3), or while they are
/// away.
struct UpstreamExchange {
    let upstream: Upstream
    let metadata: UpstreamMetadata
    let secret: UpstreamSecret?
    let outbound: any Outbound
    let breaker: CircuitBreaker
    let keys: any PublishedKeys
    let issuer: Issuer
    let now: Clock
    /// Is told what others should know of how it answers.
    var note: (UpstreamEvent) -> Void = { _ in }

    /// In bytes.
    private static let answerLimit = 256 * 1024
    /// Of a token endpoint that refuses a refresh token and names no error (Glewlwyd: 400 without a body).
    private static let wordlessRefusal = "status 400"

    /// Throws ``UpstreamFault``.
    func identity(
        by code: String, of attempt: UpstreamAttempt
    ) throws(UpstreamFault) -> (identity: UpstreamIdentity, tokens: UpstreamTokens?) {
        let tokens = try tokens(by: [
            ("grant_type", "authorization_code"), ("code", code),
            ("redirect_uri", upstream.redirectURI(at: issuer)), ("code_verifier", attempt.codeVerifier),
        ])
        let accessToken = tokens["access_token"]?.stringValue
        let token = try UpstreamIDToken(
            tokens["id_token"]?.stringValue, from: upstream, metadata, keys: keys, nonce: attempt.nonce,
            accessToken: accessToken, at: now())
        let userinfo = try userinfo(by: accessToken, about: token.subject)
        return (
            UpstreamIdentity(token, userinfo: userinfo, from: upstream), UpstreamTokens(response: tokens, at: now())
        )
    }

    /// Whether whoever these tokens are of may still sign in there, by a refresh (RFC 6749 §6). Its ID token, if there is one,
    /// must be about the same user (OpenID Connect Core §12.2).
    func verdict(by tokens: UpstreamTokens, of link: UpstreamLinkID, sealedBy seal: Seal) -> UpstreamVerdict {
        do throws(UpstreamFault) {
            let answer = try self.tokens(by: [
                ("grant_type", "refresh_token"), ("refresh_token", tokens.refreshToken.reveal()),
            ])
            if let text = answer["id_token"]?.stringValue, let subject = Self.subject(ofUnverified: text),
                !subject.hasSameBytes(as: link.subject)
            {
                return .needsSignIn
            }
            return .valid(
                sealedTokens: UpstreamTokens(response: answer, after: tokens, at: now())?.sealed(for: link, by: seal))
        } catch {
            switch error {
            // Alone it says little: a refresh token also ends by rotation, by idleness and by changed consent.
            case .tokenEndpoint("invalid_grant"): return verdictOfUserinfo(by: tokens)
            // Nor does it say that the upstream is well, so only what proves the end of the user counts.
            case .tokenEndpoint(Self.wordlessRefusal):
                return verdictOfUserinfo(by: tokens) == .gone ? .gone : .unreachable("\(error)")
            default: return .unreachable("\(error)")
            }
        }
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

    /// What userinfo says of the last access token, if it should still serve.
    private func verdictOfUserinfo(by tokens: UpstreamTokens) -> UpstreamVerdict {
        guard let endpoint = metadata.userinfoEndpoint, let accessToken = tokens.accessToken,
            let expiresAt = tokens.accessTokenExpiresAt, now() + UpstreamIDToken.clockSkew < expiresAt
        else { return .needsSignIn }
        let call = OutboundCall(
            endpoint, authorization: Secret("Bearer \(accessToken.reveal())"), maximumBytes: UpstreamUserinfo.limit)
        do throws(UpstreamFault) { return try answer(to: call).status == 401 ? .gone : .needsSignIn } catch {
            return .unreachable("\(error)")
        }
    }

    private static func subject(ofUnverified token: String) -> String? {
        // It came by TLS from the token endpoint itself (OpenID Connect Core §3.1.3.7, 6), and nothing is given by it.
        guard let jws = try? UnverifiedJWS(token) else { return nil }
        return (try? JSON(parsing: jws.unverifiedPayload))?["sub"]?.stringValue
    }

    /// RFC 6749 §4.1.3 and §6.
    private func tokens(by asked: [(String, String)]) throws(UpstreamFault) -> [String: JSON] {
        var form = asked
        var authorization: Secret<OutboundCall>?
        let secret = secret?.reveal() ?? ""
        switch upstream.authentication {
        case .basic:
            // §2.3.1: form-encoded first, so that a colon in the id is none of the separator's.
            let pair = "\(FormEncoding.escape(upstream.clientID)):\(FormEncoding.escape(secret))"
            authorization = Secret("Basic \(Base64.encode(Array(pair.utf8)))")
        case .post: form += [("client_id", upstream.clientID), ("client_secret", secret)]
        }
        let answer = try answer(
            to: OutboundCall(
                metadata.tokenEndpoint, form: form.map { (name: $0.0, value: $0.1) }, authorization: authorization,
                maximumBytes: Self.answerLimit))
        let content = try? JSON(parsing: answer.body, maximumBytes: Self.answerLimit).objectValue
        guard answer.status == 200 else {
            // §5.2: the error is a word of its own, and what else it says may be anything.
            let error = content?["error"]?.stringValue.map { String($0.prefix(64)) }
            throw .tokenEndpoint(error ?? "status \(answer.status)")
        }
        guard let content else { throw .tokenEndpoint("its answer is no JSON object") }
        return content
    }

    /// Nil: there is no such endpoint, or no token for it.
    private func userinfo(
        by accessToken: String?, about subject: String
    ) throws(UpstreamFault) -> UpstreamUserinfo? {
        guard let endpoint = metadata.userinfoEndpoint, let accessToken else { return nil }
        // RFC 6750 §2.1: else it would end the header.
        guard accessToken.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .tokenEndpoint("access_token has other characters than RFC 6750 allows")
        }
        let answer = try answer(
            to: OutboundCall(
                endpoint, authorization: Secret("Bearer \(accessToken)"), maximumBytes: UpstreamUserinfo.limit))
        guard answer.status == 200 else { throw .userinfo("status \(answer.status)") }
        return try UpstreamUserinfo(parsing: answer.body, about: subject)
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
            case .forbidden(let cause): throw .metadata(cause)
            case .tooLong: throw .answer("\(call.uri.value) answers more than \(call.maximumBytes) bytes")
            }
        }
        heard(answer: answer.status < 500)
        if answer.status == 429 || answer.status >= 500 {
            throw .unreachable("\(call.uri.value) answers \(answer.status)")
        }
        return answer
    }

    private func heard(answer: Bool) {
        if let event = breaker.note(upstream.name, answered: answer) { note(event) }
    }
}
