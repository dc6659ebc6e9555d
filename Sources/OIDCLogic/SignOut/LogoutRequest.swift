/// A request of an app to sign its user out here (OpenID Connect RP-Initiated Logout 1.0 §2), as it came.
package struct LogoutRequest: Sendable {
    private let parameters: Parameters
    package let hint: IDTokenHint?
    /// By the parameter, or else by the hint; nil: nobody says.
    package let clientID: ClientID?
    package let uiLocales: [String]
    /// Why it isn't known whose request it is, though it says so.
    private let doubt: OAuthError?

    /// All but `logout_hint`, which is the provider's to make something of (§2): nothing here, where a browser has one
    /// account, so that none is too long either.
    private static let names = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state", "ui_locales"]
    private static let ofWayBack: Set<String> = ["post_logout_redirect_uri", "state"]
    /// In bytes, so that it fits into a header.
    private static let destinationLimit = 3200
    /// In bytes.
    private static let limits = ["post_logout_redirect_uri": 1024, "state": 1024]

    /// Throws `invalid_request`. A hint that isn't ours, or is another client's than the one that is named, is no error: whoever
    /// is signed in may sign out all the same. §4: it "MUST NOT be used", nor is anything else that says who asks.
    package init(_ parameters: Parameters, hints: HintVerifier) throws(OAuthError) {
        self.parameters = parameters
        try parameters.requireSingle()
        // Languages that can't be had are no error (§2), and so are too many.
        for name in Self.names where name != "ui_locales" && name != "id_token_hint" {
            _ = try parameters.value(name, limit: Self.limits[name] ?? 256)
        }
        // The page that asks carries it.
        guard try parameters.value("state")?.survivesForms ?? true else {
            throw .invalidRequest("state has a character that no form can bring back as it was; send printable ASCII")
        }
        uiLocales = AuthorizationRequest.uiLocales(in: parameters)
        do throws(OAuthError) {
            let hint = try Self.hint(in: parameters, hints)
            let named = try parameters.value("client_id").map(ClientID.init)
            if let named, let hint, hint.clientID != named {
                throw .invalidRequest("client_id is not the one that id_token_hint was made for")
            }
            (self.hint, clientID, doubt) = (hint, named ?? hint?.clientID, nil)
        } catch {
            (hint, clientID, doubt) = (nil, nil, error)
        }
    }

    private static func hint(in parameters: Parameters, _ hints: HintVerifier) throws(OAuthError) -> IDTokenHint? {
        guard let text = try parameters.value("id_token_hint", limit: IDTokenHint.limit) else { return nil }
        return try hints.hint(text)
    }

    /// What makes the same request again, but for what ``ignoredURI`` says.
    package var fields: [(name: String, value: String)] {
        Self.names.compactMap { name in
            if clientID == nil, Self.ofWayBack.contains(name) { return nil }
            return (try? parameters.value(name)).map { (name, $0) }
        }
    }

    /// Where it wants to go afterwards, if nobody says whose address that is: §3 leads nowhere then, and §2 has the person
    /// asked all the same.
    package var ignoredURI: String? {
        guard clientID == nil, doubt == nil else { return nil }
        return try? parameters.value("post_logout_redirect_uri")
    }

    /// §3: an address that isn't registered is never redirected to. One of an app that isn't there leads nowhere, and neither
    /// does one of whoever can't be told.
    ///
    /// - Parameter client: that of ``clientID``, as it is now.
    package func validated(for client: Client?) throws(AuthorizationFailure) -> ValidatedLogoutRequest {
        if let doubt = doubt ?? absence(of: client) {
            return ValidatedLogoutRequest(client: nil, hint: nil, target: nil, doubt: doubt)
        }
        if let client, client.approval != .given { throw .page(.awaitedApproval, .awaitedApproval) }
        do throws(OAuthError) {
            guard let client, let uri = try parameters.value("post_logout_redirect_uri") else {
                return ValidatedLogoutRequest(client: client, hint: hint, target: nil)
            }
            guard client.metadata.postLogoutRedirectURIs.contains(where: { $0.value.hasSameBytes(as: uri) }) else {
                throw .invalidRequest("post_logout_redirect_uri is none of those registered for this client")
            }
            let state = try parameters.value("state")
            guard uri.utf8.count + FormEncoding.encodedCount(state ?? "") <= Self.destinationLimit else {
                throw .invalidRequest("post_logout_redirect_uri and state are too long together")
            }
            return ValidatedLogoutRequest(client: client, hint: hint, target: .init(uri: uri, state: state))
        } catch {
            throw .page(.redirectMismatch, error)
        }
    }

    private func absence(of client: Client?) -> OAuthError? {
        guard let clientID, client?.id != clientID else { return nil }
        let cause = "unknown client: \(clientID)"
        return if (try? parameters.value("client_id")) != nil {
            .invalidRequest("no client with this client_id", cause: cause, detail: .unknownClient)
        } else {
            .invalidRequest("the client that id_token_hint was made for is not registered any more", cause: cause)
        }
    }
}

/// A request to sign out whose every parameter is understood.
package struct ValidatedLogoutRequest: Sendable {
    package let client: Client?
    private let hint: IDTokenHint?
    private let target: Target?
    /// Why it isn't known whose request it is, though it says so: nothing of it counts but that somebody may want to sign out.
    package let doubt: OAuthError?

    fileprivate init(client: Client?, hint: IDTokenHint?, target: Target?, doubt: OAuthError? = nil) {
        self.doubt = doubt
        self.client = client
        self.hint = hint
        self.target = target
    }

    fileprivate struct Target {
        let uri: String
        let state: String?
    }

    /// Whether the hint proves that the app means this very session, so that nobody needs to be asked (§2).
    ///
    /// - Parameter subjects: of ``client``; nil where there is none.
    package func isProven(for session: Session, knowing subjects: SubjectIdentifiers?) -> Bool {
        guard let hint, let client, let subjects else { return false }
        return hint.subject == subjects.identifier(of: session.userID)
            && (hint.sid?.hasSameBytes(as: session.sid(for: client.id)) ?? false)
    }

    /// Where to go afterwards (§3); nil: to a page of ours.
    package var destination: String? {
        target.map { target in
            guard let state = target.state else { return target.uri }
            return FormEncoding.append([("state", state)], to: target.uri)
        }
    }
}
