import JOSE

/// What an upstream's userinfo endpoint says (OpenID Connect Core §5.3.2).
package struct UpstreamUserinfo: Sendable {
    package let claims: [String: JSON]

    /// In bytes.
    package static let limit = 256 * 1024

    /// Throws ``UpstreamFault``.
    ///
    /// - Parameter subject: of the ID token: what is of someone else must not be used.
    package init(
        _ answer: OutboundAnswer, about subject: String, from upstream: Upstream, _ metadata: UpstreamMetadata,
        keys: any PublishedKeys, at now: Timestamp
    ) throws(UpstreamFault) {
        let claims =
            answer.isSignedUserinfo
            ? try Self.verified(answer.body, from: upstream, metadata, keys: keys, at: now)
            : try? JSON(parsing: answer.body, maximumBytes: Self.limit).objectValue
        guard let claims else { throw .userinfo("it isn't a JSON object") }
        guard let own = claims["sub"]?.stringValue, own.hasSameBytes(as: subject) else {
            throw .userinfo("its sub isn't that of the ID token")
        }
        self.claims = claims
    }

    /// RFC 8725: this is the one function that takes such. The algorithms are those of ID tokens. `iss` and `aud` are
    /// demanded, so that nothing that was signed for somebody else, or by somebody else, is taken.
    private static func verified(
        _ body: [UInt8], from upstream: Upstream, _ metadata: UpstreamMetadata, keys: any PublishedKeys,
        at now: Timestamp
    ) throws(UpstreamFault) -> [String: JSON]? {
        // Five parts are an encrypted one, which nobody asked for.
        let jws: UnverifiedJWS
        do throws(JWSError) { jws = try UnverifiedJWS(String(decoding: body, as: UTF8.self)) } catch {
            throw .userinfo(
                error == .tooLong
                    ? "it is a JWT of more than \(UnverifiedJWS.maximumBytes) bytes"
                    : "it is application/jwt, and no signed JWT")
        }
        guard let algorithm = upstream.algorithms.first(where: { $0.rawValue.hasSameBytes(as: jws.algorithm) }) else {
            let name = String(decoding: jws.algorithm.utf8.prefix(32), as: UTF8.self)
            throw .userinfo("it is signed by \(name), which the configuration doesn't allow (algorithms)")
        }
        if let other = jws.type(otherThan: "JWT") {
            throw .userinfo("its typ is \(other), which is another kind of JWT's")
        }
        guard let place = metadata.keys else { throw .userinfo("it is signed, and the upstream publishes no keys") }
        let verified: VerifiedJWS?
        do throws(PublishedKeysFault) {
            verified = try keys.verified(jws, at: .uri(place), algorithm: algorithm, type: "JWT")
        } catch {
            switch error {
            case .unavailable(let cause): throw .unreachable(cause)
            case .useless(let cause): throw .metadata(cause)
            }
        }
        guard let verified else { throw .userinfo("no key that the upstream publishes verifies it") }
        guard let claims = try? verified.claims().objectValue else { return nil }
        guard claims["iss"] == .string(upstream.issuer.value) else { throw .userinfo("its iss isn't the upstream's") }
        let audiences = claims["aud"].map { $0.arrayValue ?? [$0] } ?? []
        guard audiences.contains(.string(upstream.clientID)) else { throw .userinfo("its aud isn't our client_id") }
        try checkTimes(claims, now)
        // An ID token, or what was made for something else, is no userinfo.
        guard claims["nonce"] == nil, claims["events"] == nil else {
            throw .userinfo("it is another token of the upstream's")
        }
        return claims
    }

    /// RFC 7519 §4.1.4, §4.1.5. It needn't say either.
    private static func checkTimes(_ claims: [String: JSON], _ now: Timestamp) throws(UpstreamFault) {
        func time(_ name: String) throws(UpstreamFault) -> Timestamp? {
            guard let claim = claims[name] else { return nil }
            guard let time = Timestamp(numericDate: claim) else { throw .userinfo("its \(name) is no time") }
            return time
        }
        let skew = UpstreamIDToken.clockSkew
        if let expiresAt = try time("exp"), now >= expiresAt + skew {
            throw .userinfo("it expired \(now - expiresAt) s ago, by our clock")
        }
        if let notBefore = try time("nbf"), notBefore > now + skew {
            throw .userinfo("it is valid in \(notBefore - now) s, by our clock")
        }
    }
}

extension OutboundAnswer {
    /// OpenID Connect Core §5.3.2: the type says whether it is signed.
    fileprivate var isSignedUserinfo: Bool {
        let type = contentType?.prefix { $0 != ";" && $0 != " " }.lowercased()
        return type == "application/jwt"
    }
}
