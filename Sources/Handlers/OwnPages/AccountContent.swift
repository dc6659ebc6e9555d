import FCGIBridge
import OIDCLogic

/// What a user's own page tells of them.
struct AccountContent {
    private let provider: Provider
    private let signedIn: SignedIn
    /// Of the page (BCP 47): apps are named in it, where they have a name in it.
    private let language: String

    /// Of each list at most so many are shown.
    private static let limit = 100
    private static let signIns = 20

    init(_ provider: Provider, of signedIn: SignedIn, for request: Request) {
        self.provider = provider
        self.signedIn = signedIn
        language =
            provider.pages.language(
                uiLocales: signedIn.user.uiLocales, acceptLanguage: request.header("Accept-Language")
            ).tag
    }

    /// Those that were allowed something, or act for the user while they are away, in order of their names.
    func apps() throws -> [AccountPage.App] {
        let store = provider.store
        let user = signedIn.user.id
        let consents = try store.consents(of: user, after: nil, limit: Self.limit)
        let grants = try store.refreshableGrants(of: user, at: provider.now(), limit: Self.limit)
        let catalogue = try store.catalogue()
        var apps: [AccountPage.App] = []
        for id in Set(consents.map(\.clientID)).union(grants.map(\.clientID)) {
            guard let client = try store.client(id) else { continue }
            let consent = consents.first { $0.clientID == id }
            let own = grants.filter { $0.clientID == id }
            let scope = own.reduce(consent?.scope ?? .none) { $0.union($1.scope) }
            let begun = (own.map(\.createdAt) + [consent?.grantedAt].compactMap(\.self)).min() ?? provider.now()
            apps.append(
                AccountPage.App(
                    id: id.value, name: client.localized(in: language).displayName,
                    isVerified: try provider.vouches(for: client),
                    // The page says by itself what the other two stand for.
                    scopes: scope.names.filter { ![Scope.openID, Scope.offlineAccess].contains($0) }.map {
                        ConsentPage.Asked($0, description: catalogue.description(of: $0, for: id))
                    },
                    since: WrittenTimestamp.text(begun.seconds), keepsAccess: !own.isEmpty))
        }
        return apps.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// Those that are alive, this browser's first.
    func sessions() throws -> [AccountPage.Session] {
        let now = provider.now()
        let alive = try provider.store.sessions(of: signedIn.user.id, limit: Self.limit).filter {
            $0.isAlive(at: now, idle: provider.lifetimes.sessionIdle)
        }
        let sessions = try alive.map { session in
            AccountPage.Session(
                id: session.id.value, isThis: session.id == signedIn.session.id, device: session.device?.name,
                address: session.device?.address,
                signedIn: WrittenTimestamp.text((session.authTime ?? session.signedInAt).seconds),
                lastUsed: WrittenTimestamp.text(session.lastUsedAt.seconds),
                until: session.isRemembered ? WrittenTimestamp.text(session.expiresAt.seconds) : nil,
                apps: try provider.store.clients(of: session.id).compactMap { try name(of: $0) })
        }
        return sessions.filter(\.isThis) + sessions.filter { !$0.isThis }
    }

    /// The latest.
    func signIns() throws -> [AccountPage.SignIn] {
        let rows = try provider.store.auditRecords(
            matching: AuditQuery(userID: signedIn.user.id, eventPrefix: "session."), before: nil, limit: Self.limit)
        return try rows.filter { $0.event != .sessionEnded && $0.userID == signedIn.user.id }.prefix(Self.signIns).map {
            AccountPage.SignIn(
                time: WrittenTimestamp.text($0.at.seconds), address: $0.actor.address,
                app: try $0.clientID.flatMap { try name(of: $0) })
        }
    }

    var languages: [AccountPage.Choice] {
        let chosen = signedIn.user.attributes["locale"]?.stringValue
        let languages = provider.pages.choices.map { language in
            AccountPage.Choice(value: language.tag, label: language.name, isChosen: language.tag == chosen)
        }
        return [AccountPage.Choice(value: "", isChosen: !languages.contains(where: \.isChosen))] + languages
    }

    private func name(of client: ClientID) throws -> String? {
        try provider.store.client(client)?.localized(in: language).displayName
    }
}

extension SessionDevice {
    /// Names only, so that it is the same in every language.
    fileprivate var name: String? {
        let words = [browser, system].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: " · ")
    }
}

extension User {
    /// The language of pages for somebody who is signed in, as ``PageRenderer/language(uiLocales:acceptLanguage:)`` wants it.
    var uiLocales: [String] {
        // OpenID Connect Core §5.1: some write it with an underscore.
        attributes["locale"]?.stringValue.map { [$0.replacing("_", with: "-")] } ?? []
    }
}
