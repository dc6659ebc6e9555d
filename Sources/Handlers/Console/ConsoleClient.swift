import JOSE
import OIDCLogic

/// The client by which the console signs its people in, as any app does. It is made when somebody first comes: an
/// installation without a console has none.
struct ConsoleClient {
    private let issuer: Issuer

    static let id = ClientID("postern-console")

    init(_ issuer: Issuer) { self.issuer = issuer }

    private var redirectURI: String { issuer.endpoint("admin/signed-in") }

    /// Throws `StoreError`, and what metadata is refused for.
    func make(in store: any Store, at now: Timestamp) throws {
        guard let there = try store.client(Self.id) else {
            do {
                try store.add(
                    Client(
                        id: Self.id, metadata: try metadata, sealedSecret: nil, preset: .standard, isFirstParty: true,
                        createdAt: now, updatedAt: now))
            } catch StoreError.exists {
                // Somebody else came first at the same moment.
            }
            return
        }
        // The issuer is another than it was.
        guard !there.metadata.redirectURIs.contains(where: { $0.value.hasSameBytes(as: redirectURI) }) else { return }
        var changed = there
        changed.metadata = try metadata
        try store.replace(changed)
    }

    private var metadata: ClientMetadata {
        get throws {
            try ClientMetadata(
                .object([
                    "client_name": "Console", "redirect_uris": [.string(redirectURI)], "scope": .string(Scope.openID),
                    "token_endpoint_auth_method": "none", "client_uri": .string(issuer.endpoint("admin/")),
                ]))
        }
    }

    /// The request that signs somebody in, and leads back to `state`. The session is what the console goes by, so the
    /// code that comes along is let go, and nobody keeps the verifier of its challenge.
    func authorization(state: String, again: Bool, random: some RandomSource) -> String {
        var parameters = [
            ("client_id", Self.id.value), ("redirect_uri", redirectURI), ("response_type", "code"),
            ("scope", Scope.openID), ("state", state), ("code_challenge_method", "S256"),
            ("code_challenge", Base64URL.encode(Digest.sha256(random.bytes(32)))),
        ]
        if again { parameters.append(("prompt", "login")) }
        return issuer.endpoint("authorize") + "?" + FormEncoding.encode(parameters)
    }
}
