import JOSE
import OIDCLogic

/// Reads an item of `policy_tests`: what it doesn't say of user, client and sign-in is as plain as can be.
struct PolicyTestReading {
    private(set) var test: PolicyTest?

    init(_ section: ConfigurationSection, _ line: Int?) {
        let name = section.value("name")?.text
        let user = Self.members(section, "user", shorthand: "username")
        let client = Self.members(section, "client", shorthand: "client_id")
        let session = Self.members(section, "session")
        let request = Self.members(section, "request")
        let scope = section.scope("scope") ?? .none
        let expectation = Self.expectation(section)
        section.refuseUnknown()
        guard let name else {
            section.fault("has no name", line: line)
            return
        }
        guard let expectation else {
            section.fault("expects nothing; add expect: refused, or the scopes that are granted", line: line)
            return
        }
        guard let registered = Self.client(client, asking: scope, section) else { return }
        var partial = PartialDocuments()
        partial.user = user
        partial.client = client
        partial.session = session
        partial.request = request
        test = PolicyTest(
            name: name,
            question: ScopeQuestion(
                client: registered, user: Self.user(user), authentication: Self.authentication(session),
                request: Self.request(request), requested: scope, replacing: partial),
            expectation: expectation)
    }

    /// A single word stands for a document with that member alone.
    private static func members(
        _ section: ConfigurationSection, _ key: String, shorthand: String? = nil
    ) -> [String: JSON] {
        switch section.json(key) {
        case nil: return [:]
        case .object(let members): return members
        case .string(let word) where shorthand != nil: return [shorthand ?? "": .string(word)]
        default:
            section.fault(key, "must be a section with members of the document \(key)")
            return [:]
        }
    }

    private static func expectation(_ section: ConfigurationSection) -> PolicyTest.Expectation? {
        guard let scope = section.scope("expect") else { return nil }
        return scope.names == ["refused"] ? .refused : .granted(scope)
    }

    /// A client that is allowed what is asked for, unless the test says what it is allowed.
    private static func client(
        _ members: [String: JSON], asking scope: Scope, _ section: ConfigurationSection
    ) -> Client? {
        let plain: [String: JSON] = [
            "redirect_uris": ["https://client.example/"], "scope": .string(scope.description),
        ]
        do throws(ClientMetadataError) {
            let metadata = try ClientMetadata(.object(plain.merging(members) { _, given in given }))
            return Client(
                id: ClientID(members["client_id"]?.stringValue ?? "client"), metadata: metadata, sealedSecret: nil,
                preset: members["preset"]?.stringValue.flatMap(ClaimPreset.init(rawValue:)) ?? .standard,
                isFirstParty: members["first_party"]?.boolValue ?? true, createdAt: epoch, updatedAt: epoch)
        } catch {
            section.fault("client", "can't be one: \(error.description)")
            return nil
        }
    }

    private static func user(_ members: [String: JSON]) -> User {
        let texts = { (name: String) in members[name]?.arrayValue?.compactMap(\.stringValue) ?? [] }
        return User(
            id: UserID(members["sub"]?.stringValue ?? "00000000-0000-4000-8000-000000000000"),
            username: Username(members["username"]?.stringValue ?? "user"), attributes: members,
            roles: Set(texts("roles").map(RoleID.init(written:))), groups: Set(texts("groups").map { GroupName($0) }),
            createdAt: epoch, updatedAt: epoch)
    }

    private static func authentication(_ members: [String: JSON]) -> AuthenticationContext {
        AuthenticationContext(
            userID: UserID(""), sessionID: SessionID(""), sid: members["sid"]?.stringValue ?? "sid",
            authTime: Timestamp(members["auth_time"]?.integerValue ?? 0),
            amr: members["amr"]?.arrayValue?.compactMap(\.stringValue) ?? Authentication.passwordAMR,
            acr: members["acr"]?.stringValue ?? Authentication.passwordACR)
    }

    private static func request(_ members: [String: JSON]) -> SignInRequest {
        SignInRequest(
            address: members["address"]?.stringValue ?? "192.0.2.1",
            at: Timestamp(members["at"]?.integerValue ?? 0))
    }

    private static let epoch = Timestamp(0)
}
