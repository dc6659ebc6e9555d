import JOSE
import OIDCLogic

/// Looks at an upstream from here: whether people can sign in at it, and what is missing.
package struct UpstreamTest {
    package private(set) var findings: [InstallationCheck.Finding] = []

    private let upstream: Upstream
    private let issuer: Issuer
    private let proof: UpstreamProof
    private let outbound: any Outbound
    private let now: Clock

    package var hasFault: Bool { findings.contains { $0.status == .fault } }

    init(
        _ upstream: Upstream, for issuer: Issuer, proof: UpstreamProof, outbound: any Outbound, now: @escaping Clock
    ) {
        self.upstream = upstream
        self.issuer = issuer
        self.proof = proof
        self.outbound = outbound
        self.now = now
        if let oauth = upstream.oauth {
            // It publishes nothing of itself, so all that can be tried is its token endpoint.
            tryClient(UpstreamMetadata(of: oauth))
            return
        }
        guard let metadata = lookAtDiscovery() else { return }
        lookAtKeys(metadata)
        compareSupport(metadata)
        tryClient(metadata)
        tryRedirectURI(metadata)
        if let rhythm = upstream.rhythm, !upstream.scope.contains(Scope.offlineAccess) {
            add(
                .warning, "recheck",
                "scope has no offline_access: where the upstream gives a refresh token for that alone, apps can't refresh "
                    + "past \(WrittenDuration.text(rhythm.interval))")
        }
    }

    /// What to enter at the upstream.
    package var registration: [(name: String, value: String)] { upstream.registration(at: issuer) }

    private var usesKey: Bool { upstream.authentication == .privateKeyJWT }

    private mutating func add(_ status: InstallationCheck.Finding.Status, _ subject: String, _ text: String) {
        findings.append(InstallationCheck.Finding(status: status, subject: subject, text: text))
    }

    private mutating func lookAtDiscovery() -> UpstreamMetadata? {
        do throws(FetchFault) {
            let (uri, answer) = try outbound.discovery(of: upstream.issuer, maximumBytes: UpstreamMetadata.limit)
            lookAtClock(answer)
            do throws(UpstreamMetadataFault) {
                let metadata = try UpstreamMetadata(parsing: answer.body, of: upstream.issuer)
                add(.ok, "discovery", uri.value)
                return metadata
            } catch {
                add(.fault, "discovery", "\(error)")
            }
        } catch {
            add(.fault, "discovery", error.text)
        }
        return nil
    }

    private mutating func lookAtClock(_ answer: OutboundAnswer) {
        guard let date = answer.date else { return }
        let difference = date - now()
        guard abs(difference) > UpstreamIDToken.clockSkew / 2 else {
            return add(.ok, "clock", "\(abs(difference)) s apart")
        }
        add(
            abs(difference) > UpstreamIDToken.clockSkew ? .fault : .warning, "clock",
            "the upstream's is \(abs(difference)) s \(difference > 0 ? "ahead of" : "behind") ours; "
                + "\(UpstreamIDToken.clockSkew) s are borne: set both by NTP")
    }

    private mutating func lookAtKeys(_ metadata: UpstreamMetadata) {
        guard let keys = metadata.keys else { return }
        do throws(FetchFault) {
            let set = try Fetched<JWKSet>(.uri(keys), by: outbound).value
            let usable = upstream.algorithms.filter { !set.keys(id: nil, for: $0).isEmpty }
            guard !usable.isEmpty else {
                let names = upstream.algorithms.map(\.rawValue).joined(separator: ", ")
                return add(.fault, "keys", "none of \(keys.value) verifies \(names); look at algorithms")
            }
            add(.ok, "keys", "for \(usable.map(\.rawValue).joined(separator: ", "))")
        } catch {
            add(.fault, "keys", error.text)
        }
    }

    private mutating func compareSupport(_ metadata: UpstreamMetadata) {
        func missing(_ member: String, _ wanted: [String]) -> [String] {
            guard let known = metadata.supported[member] else { return [] }
            return wanted.filter { !known.contains($0) }
        }
        let algorithms = upstream.algorithms.map(\.rawValue)
        let unknown = missing("id_token_signing_alg_values_supported", algorithms)
        if unknown.count == algorithms.count {
            let known = metadata.supported["id_token_signing_alg_values_supported"] ?? []
            add(.fault, "algorithms", "it signs by \(known.joined(separator: ", ")), and algorithms has none of them")
        }
        for name in missing("token_endpoint_auth_methods_supported", [upstream.authentication.rawValue]) {
            let known = metadata.supported["token_endpoint_auth_methods_supported"] ?? []
            add(
                .fault, "client authentication",
                "it doesn't take \(name), but \(known.joined(separator: ", ")); say so by token_endpoint_auth_method")
        }
        if upstream.signsOut, metadata.endSessionEndpoint == nil {
            add(.warning, "logout", "it has no end_session_endpoint: who signs out here stays signed in there")
        }
        let scopes = missing("scopes_supported", upstream.scope.names)
        if !scopes.isEmpty {
            add(.warning, "scope", "it doesn't list \(scopes.joined(separator: ", ")) in scopes_supported")
        }
        if !missing("code_challenge_methods_supported", ["S256"]).isEmpty {
            add(.warning, "PKCE", "it doesn't list S256 in code_challenge_methods_supported; it is sent all the same")
        }
    }

    /// By a request that shows nothing to anybody (OpenID Connect Core §3.1.2.1, `prompt=none`): where the redirect URI is
    /// registered, the answer to it is sent there.
    private mutating func tryRedirectURI(_ metadata: UpstreamMetadata) {
        let redirectURI = upstream.redirectURI(at: issuer)
        let asked = FormEncoding.append(
            [
                ("response_type", "code"), ("client_id", upstream.clientID), ("redirect_uri", redirectURI),
                ("scope", upstream.scope.description), ("state", "test"), ("nonce", "test"), ("prompt", "none"),
                // RFC 7636, Appendix B
                ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"), ("code_challenge_method", "S256"),
            ], to: metadata.authorizationEndpoint.value)
        guard let uri = WebURI(asked) else { return }
        let answer: OutboundAnswer
        do throws(OutboundError) { answer = try outbound.get(uri, maximumBytes: Self.pageLimit) } catch {
            return add(.warning, "redirect URI", "the authorization endpoint gives no answer that could be read")
        }
        if let location = answer.location, location.hasPrefix(redirectURI + "?") {
            // Its words have no character that a query would have to encode.
            let error = location.dropFirst(redirectURI.count + 1).split(separator: "&")
                .first { $0.hasPrefix("error=") }?.dropFirst("error=".count)
            guard let error, !Self.silentErrors.contains(String(error)) else {
                return add(.ok, "redirect URI", redirectURI)
            }
            return add(.warning, "redirect URI", "it is registered, and a sign-in comes back with the error \(error)")
        }
        // Other refusals, such as 401 and 403, may be of something in between.
        guard answer.status == 400 || answer.status == 404 else {
            return add(
                .warning, "redirect URI",
                "the authorization endpoint answers \(answer.status), which doesn't say whether \(redirectURI) is registered"
            )
        }
        add(
            .fault, "redirect URI",
            "the authorization endpoint answers \(answer.status) and sends nobody back: \(redirectURI) has to be registered "
                + "there, to the byte")
    }

    /// In bytes.
    private static let pageLimit = 1024 * 1024
    /// OpenID Connect Core §3.1.2.6.
    private static let silentErrors: Set<String> = [
        "login_required", "interaction_required", "consent_required", "account_selection_required",
    ]

    /// By a code that is none: whoever is known is told that it is none, anybody else that they aren't known.
    private mutating func tryClient(_ metadata: UpstreamMetadata) {
        let endpoints = UpstreamEndpoints(
            upstream: upstream, metadata: metadata, proof: proof, outbound: outbound,
            breaker: CircuitBreaker(now: now), issuer: issuer, random: SystemRandom(), now: now)
        switch endpoints.errorOfUnknownCode() {
        // The second word of each is GitHub's.
        case .tokenEndpoint("invalid_grant"), .tokenEndpoint("bad_verification_code"):
            add(.ok, "client", "\(upstream.clientID), and its \(usesKey ? "key" : "secret") is right")
        case .tokenEndpoint("invalid_client"), .tokenEndpoint("incorrect_client_credentials"):
            let proof = usesKey ? "the keys at \(upstream.keysURI(at: issuer))" : "the client secret that is kept here"
            add(.fault, "client", "it doesn't know \(upstream.clientID), or \(proof) isn't what it has")
        case .tokenEndpoint("unauthorized_client"):
            // Keycloak says it of a wrong secret.
            add(
                .fault, "client",
                "\(upstream.clientID) may not use the authorization code there, or \(usesKey ? "our key" : "the secret") is wrong"
            )
        case let fault?: add(.warning, "client", "the upstream \(fault)")
        case nil: add(.warning, "client", "the token endpoint takes any code")
        }
    }
}

extension FetchFault {
    fileprivate var text: String {
        switch self {
        case .busy: "too many calls are under way"
        case .unreachable(let cause), .useless(let cause): cause
        }
    }
}
