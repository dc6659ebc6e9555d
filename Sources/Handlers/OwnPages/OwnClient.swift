import FCGIBridge
import JOSE
import OIDCLogic

/// A client by which pages of our own sign people in, as any app does. It is made when somebody first comes: an
/// installation whose console nobody has opened has none for it.
enum OwnClient {
    case console, account

    private var id: ClientID {
        switch self {
        case .console: .console
        case .account: .account
        }
    }

    /// The key of its name among the texts of the pages.
    private var nameKey: String {
        switch self {
        case .console: "own.console"
        case .account: "own.account"
        }
    }

    static func isOne(_ id: ClientID) -> Bool { [console, account].contains { $0.id == id } }

    static var textKeys: [String] { [console, account].map(\.nameKey) }

    /// Where its pages are, below the issuer.
    private var path: String {
        switch self {
        case .console: HandlerName.console.traits.path
        case .account: HandlerName.account.traits.path
        }
    }

    /// The last part of the redirect URI.
    static let arrival = "signed-in"

    /// Its first page.
    func start(at issuer: Issuer) -> String { issuer.endpoint(String(path.dropFirst())) }

    private func redirectURI(at issuer: Issuer) -> String { start(at: issuer) + Self.arrival }

    /// Throws `StoreError`, and what metadata is refused for.
    func make(for issuer: Issuer, named pages: PageRenderer, in store: any Store, at now: Timestamp) throws {
        let metadata = try metadata(at: issuer, named: pages)
        guard let there = try store.client(id) else {
            do {
                try store.add(
                    Client(
                        id: id, metadata: metadata, sealedSecret: nil, preset: .standard, isFirstParty: true,
                        createdAt: now, updatedAt: now))
            } catch StoreError.exists {
                // Somebody else came first at the same moment.
            }
            return
        }
        // The issuer is another than it was, or a language has come, or somebody has made an app of their own of it.
        guard there.metadata != metadata || !there.isFirstParty else { return }
        var changed = there
        changed.metadata = metadata
        changed.isFirstParty = true
        do { try store.replace(changed) } catch StoreError.changed {
            // Likewise.
        }
    }

    private func metadata(at issuer: Issuer, named pages: PageRenderer) throws -> ClientMetadata {
        var members: [String: JSON] = [
            "client_name": .string(pages.text(nameKey)), "redirect_uris": [.string(redirectURI(at: issuer))],
            "scope": .string(Scope.openID), "token_endpoint_auth_method": "none",
            "client_uri": .string(start(at: issuer)),
        ]
        for (tag, text) in pages.texts(nameKey) where ClientTranslations.isLanguageTag(tag) {
            members["client_name#\(tag)"] = .string(text)
        }
        return try ClientMetadata(.object(members))
    }

    /// The request that signs somebody in, and leads back to `state`. The session is what these pages go by, so the code
    /// that comes along is let go, and nobody keeps the verifier of its challenge.
    func authorization(
        at issuer: Issuer, state: String, again: Bool = false, random: some RandomSource
    ) -> [(name: String, value: String)] {
        var parameters = [
            (name: "client_id", value: id.value), ("redirect_uri", redirectURI(at: issuer)), ("response_type", "code"),
            ("scope", Scope.openID), ("state", state), ("code_challenge_method", "S256"),
            ("code_challenge", Base64URL.encode(Digest.sha256(random.bytes(32)))),
        ]
        if again { parameters.append(("prompt", "login")) }
        return parameters
    }
}

extension SignInFlow {
    /// Leads to the sign-in, and back to `state` of that client's pages.
    func signIn(
        by client: OwnClient, state: String, again: Bool = false, for request: Request
    ) throws -> Response {
        let fields = try fields(ofSignInBy: client, state: state, again: again, for: request)
        return provider.redirect(
            to: provider.issuer.endpoint("authorize") + "?" + FormEncoding.encode(fields), for: request)
    }

    /// The authorization request of a sign-in to its pages.
    func fields(
        ofSignInBy client: OwnClient, state: String = "", again: Bool = false, for request: Request
    ) throws -> [(name: String, value: String)] {
        // Whoever comes first doesn't make it: Postern does, for itself.
        try provider.acting(as: .system, by: .system, request) {
            try client.make(
                for: provider.issuer, named: provider.pages, in: provider.store, at: provider.now())
        }
        return client.authorization(at: provider.issuer, state: state, again: again, random: provider.random)
    }
}
