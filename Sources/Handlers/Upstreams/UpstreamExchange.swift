import JOSE
import OIDCLogic

/// Asks an upstream's endpoints about a user: by the code of a sign-in (OpenID Connect Core §3.1.3, §5.3), or while they are
/// away.
struct UpstreamExchange {
    let endpoints: UpstreamEndpoints
    let keys: any PublishedKeys

    private var upstream: Upstream { endpoints.upstream }
    private var metadata: UpstreamMetadata { endpoints.metadata }
    private var now: Clock { endpoints.now }

    /// What is said of the user or of what they allowed (RFC 6749 §5.2, OpenID Connect Core §3.1.2.6, and what providers say
    /// where conditions of access have changed). All else is about us, or the upstream itself.
    private static let refusals: Set<String> = [
        "invalid_grant", "access_denied", "interaction_required", "login_required", "consent_required",
        "account_selection_required", "mfa_required",
    ]

    /// Throws ``UpstreamFault``.
    func identity(
        by code: String, of attempt: UpstreamAttempt
    ) throws(UpstreamFault) -> (identity: UpstreamIdentity, tokens: UpstreamTokens?) {
        if let oauth = upstream.oauth { return try OAuthExchange(endpoints, oauth).identity(by: code, of: attempt) }
        let tokens = try endpoints.tokens(byCode: code, of: attempt)
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
    /// must be about the same user of the same issuer, and for us (OpenID Connect Core §12.2).
    ///
    /// - Parameter isOverdue: what the upstream said before no longer holds.
    func verdict(
        by tokens: UpstreamTokens, of link: UpstreamLinkID, sealedBy seal: Seal, isOverdue: Bool
    ) -> UpstreamVerdict {
        if let oauth = upstream.oauth {
            return OAuthExchange(endpoints, oauth).verdict(by: tokens, of: link, sealedBy: seal)
        }
        guard let refreshToken = tokens.refreshToken else { return .needsSignIn }
        do throws(UpstreamFault) {
            let answer = try endpoints.tokens(byRefreshToken: refreshToken)
            guard UpstreamTokens.canBeKept(answer) else { return .usedUp }
            if let token = answer["id_token"], token != .null,
                try !UpstreamIDToken.isAbout(link, unverified: token, for: upstream)
            {
                return .usedUp
            }
            return .valid(
                sealedTokens: UpstreamTokens(response: answer, after: tokens, at: now())?.sealed(for: link, by: seal))
        } catch {
            switch error {
            case .tokenEndpoint(let word) where Self.refusals.contains(word):
                // Alone it says little: a refresh token also ends by rotation, by idleness and by changed consent.
                return upstream.endsByRefusal ? .gone : verdictOfUserinfo(by: tokens)
            // Glewlwyd refuses without a word. Nor does that say that the upstream is well, so for as long as its word holds only
            // what proves the end of the user counts. Then they get on by a sign-in, and never by asking again.
            case .tokenStatus(400):
                let verdict = verdictOfUserinfo(by: tokens)
                return verdict == .gone || isOverdue ? verdict : .unreachable("\(error)")
            // A refresh token that is shown again after it was replaced looks stolen.
            case .idToken, .tokenType: return .usedUp
            case .unanswered, .tokenAnswer, .answer: return .unanswered("\(error)")
            default: return .unreachable("\(error)")
            }
        }
    }

    /// What userinfo says of the last access token, if it should still serve.
    private func verdictOfUserinfo(by tokens: UpstreamTokens) -> UpstreamVerdict {
        guard let endpoint = metadata.userinfoEndpoint, let accessToken = tokens.accessToken,
            let expiresAt = tokens.accessTokenExpiresAt, now() + UpstreamIDToken.clockSkew < expiresAt
        else { return .needsSignIn }
        do throws(UpstreamFault) {
            return try endpoints.answer(at: endpoint, by: accessToken.reveal()).status == 401 ? .gone : .needsSignIn
        } catch {
            return .unreachable("\(error)")
        }
    }

    /// Nil: there is no such endpoint, or no token for it.
    private func userinfo(
        by accessToken: String?, about subject: String
    ) throws(UpstreamFault) -> UpstreamUserinfo? {
        guard let endpoint = metadata.userinfoEndpoint, let accessToken else { return nil }
        let answer = try endpoints.answer(at: endpoint, by: accessToken)
        guard answer.status == 200 else { throw .userinfo("status \(answer.status)") }
        return try UpstreamUserinfo(answer, about: subject, from: upstream, metadata, keys: keys, at: now())
    }
}
