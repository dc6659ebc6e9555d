import JOSE

/// What expressions see: the four JSON documents `user`, `client`, `session` and `request`.
package struct SubjectDocuments: Sendable, Equatable {
    package let user: JSON
    package let client: JSON
    package let session: JSON
    package let request: JSON
    /// The same as JSON texts, in this order: made once, for any number of expressions.
    package let texts: [[UInt8]]

    package init(user: JSON, client: JSON, session: JSON, request: JSON) {
        self.user = user
        self.client = client
        self.session = session
        self.request = request
        texts = [user, client, session, request].map { $0.serialized() }
    }

    package init(client: Client, user: User, authentication: AuthenticationContext, request: SignInRequest) {
        self.init(
            user: Self.document(of: user), client: Self.document(of: client),
            session: Self.document(of: authentication), request: Self.document(of: request))
    }

    /// The same with the members of `partial` in place of those of the same name, document by document.
    package func replacing(_ partial: PartialDocuments) -> SubjectDocuments {
        SubjectDocuments(
            user: user.replacing(partial.user), client: client.replacing(partial.client),
            session: session.replacing(partial.session), request: request.replacing(partial.request))
    }

    /// The attributes at the top level. What the service itself knows of the user stands before any of them.
    private static func document(of user: User) -> JSON {
        var members = user.attributes
        members["sub"] = .string(user.id.value)
        members["username"] = .string(user.username.value)
        members["groups"] = .array(groups(of: user).map(JSON.string))
        members["roles"] = .array(roles(of: user).map(JSON.string))
        return .object(members)
    }

    private static func groups(of user: User) -> [String] { [] }
    private static func roles(of user: User) -> [String] { [] }

    private static func document(of client: Client) -> JSON {
        var members = client.metadata.json.objectValue ?? [:]
        members["client_id"] = .string(client.id.value)
        members["preset"] = .string(client.preset.rawValue)
        members["first_party"] = .bool(client.isFirstParty)
        return .object(members)
    }

    private static func document(of authentication: AuthenticationContext) -> JSON {
        .object([
            "auth_time": .integer(authentication.authTime.seconds), "acr": .string(authentication.acr),
            "amr": .array(authentication.amr.map(JSON.string)), "sid": .string(authentication.sid),
        ])
    }

    private static func document(of request: SignInRequest) -> JSON {
        .object([
            "address": .string(request.address), "at": .integer(request.at.seconds),
            "untrusted": .object(request.untrusted),
        ])
    }
}

/// Some members of the four documents.
package struct PartialDocuments: Sendable, Equatable {
    package var user: [String: JSON] = [:]
    package var client: [String: JSON] = [:]
    package var session: [String: JSON] = [:]
    package var request: [String: JSON] = [:]

    package init() {}

    package var isEmpty: Bool { user.isEmpty && client.isEmpty && session.isEmpty && request.isEmpty }
}

extension JSON {
    fileprivate func replacing(_ members: [String: JSON]) -> JSON {
        .object((objectValue ?? [:]).merging(members) { _, new in new })
    }
}
