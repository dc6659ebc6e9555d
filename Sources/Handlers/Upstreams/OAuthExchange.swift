import JOSE
import OIDCLogic

/// Asks about a user at an upstream that speaks OAuth alone: by an access token, at its userinfo endpoint.
struct OAuthExchange {
    private let endpoints: UpstreamEndpoints
    private let oauth: PlainOAuth

    init(_ endpoints: UpstreamEndpoints, _ oauth: PlainOAuth) {
        self.endpoints = endpoints
        self.oauth = oauth
    }

    /// By the code of a sign-in.
    func identity(
        by code: String, of attempt: UpstreamAttempt
    ) throws(UpstreamFault) -> (identity: UpstreamIdentity, tokens: UpstreamTokens?) {
        let response = try endpoints.tokens(byCode: code, of: attempt)
        let tokens = UpstreamTokens(response: response, accessTokenServes: true, at: endpoints.now())
        guard let accessToken = tokens?.accessToken?.reveal() else {
            throw .tokenEndpoint("access_token is missing, or too long")
        }
        var userinfo = try OAuthUserinfo(
            parsing: try body(at: oauth.userinfoEndpoint, by: accessToken), subject: oauth.subject)
        for (name, uri) in oauth.additional.sorted(by: { $0.key < $1.key }) {
            try userinfo.add(name, parsing: try body(at: uri, by: accessToken))
        }
        return (UpstreamIdentity(userinfo, from: endpoints.upstream), tokens)
    }

    /// Whether whoever these tokens are of may still sign in there. A token that the upstream doesn't take before its time is
    /// the end of its user there: they are no more, or have taken back what they allowed us. One whose time is over says
    /// nothing of that, nor does one that is refused for want of a right.
    func verdict(by tokens: UpstreamTokens, of link: UpstreamLinkID, sealedBy seal: Seal) -> UpstreamVerdict {
        do throws(UpstreamFault) {
            guard let accessToken = tokens.accessToken, !hasEnded(tokens) else {
                return try renewed(tokens, link, seal) ?? .needsSignIn
            }
            let answer = try answer(at: oauth.userinfoEndpoint, by: accessToken.reveal())
            switch answer.status {
            case 200:
                let userinfo = try OAuthUserinfo(parsing: answer.body, subject: oauth.subject)
                guard userinfo.subject.hasSameBytes(as: link.subject) else { return .needsSignIn }
                return .valid(sealedTokens: tokens.sealed(for: link, by: seal))
            case 401: return try renewed(tokens, link, seal) ?? .gone
            case 403 where !answer.isRateLimited: return .needsSignIn
            default: return .unreachable("\(oauth.userinfoEndpoint.value) answers \(answer.status)")
            }
        } catch {
            if case .tokenType = error { return .usedUp }
            return .unreachable("\(error)")
        }
    }

    /// One without an end of its own lasts until it is taken back (RFC 6749 §5.1 leaves `expires_in` out for it).
    private func hasEnded(_ tokens: UpstreamTokens) -> Bool {
        tokens.accessTokenExpiresAt.map { endpoints.now() + UpstreamIDToken.clockSkew >= $0 } ?? false
    }

    /// Nil: there is no refresh token, or it is refused.
    private func renewed(
        _ tokens: UpstreamTokens, _ link: UpstreamLinkID, _ seal: Seal
    ) throws(UpstreamFault) -> UpstreamVerdict? {
        guard let refreshToken = tokens.refreshToken else { return nil }
        do throws(UpstreamFault) {
            let response = try endpoints.tokens(byRefreshToken: refreshToken)
            guard UpstreamTokens.canBeKept(response) else { return .usedUp }
            let renewed = UpstreamTokens(
                response: response, after: tokens, accessTokenServes: true, at: endpoints.now())
            return .valid(sealedTokens: renewed?.sealed(for: link, by: seal))
        } catch {
            switch error {
            case .tokenEndpoint(let name) where Self.refusals.contains(name): return nil
            case .unanswered, .tokenAnswer, .answer: return .unanswered("\(error)")
            default: throw error
            }
        }
    }

    /// RFC 6749 §5.2, and GitHub's own word.
    private static let refusals: Set<String> = ["invalid_grant", "bad_refresh_token"]

    private func body(at uri: WebURI, by accessToken: String) throws(UpstreamFault) -> [UInt8] {
        let answer = try answer(at: uri, by: accessToken)
        guard answer.status == 200 else { throw .userinfo("\(uri.value) answers \(answer.status)") }
        return answer.body
    }

    private func answer(at uri: WebURI, by accessToken: String) throws(UpstreamFault) -> OutboundAnswer {
        try endpoints.answer(at: uri, by: accessToken, accepts: "application/json")
    }
}
