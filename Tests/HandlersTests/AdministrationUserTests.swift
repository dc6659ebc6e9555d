import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct AdministrationUserTests {
    private let fixture: AdministrationFixture
    private let password = Password("correct horse")

    init() throws { fixture = try AdministrationFixture() }

    @Test func `a user is added with a hash of the password, and found however the name is typed`() throws {
        let composed = "Ren\u{E9}e"
        let decomposed = "Rene\u{301}e"
        let user = try fixture.users.add(decomposed, password: password)
        #expect(user.username.value.utf8.elementsEqual(composed.utf8))
        #expect(try fixture.users.user(composed) == user)
        #expect(try fixture.users.user(decomposed) == user)
        let hash = try #require(user.passwordHash)
        #expect(PasswordHash.verify(password, hash))
        #expect(!user.json.text.contains(hash))
        #expect(fixture.refusal { _ = try fixture.users.add(composed, password: nil) }?.contains("already") == true)
    }

    @Test(arguments: [
        "", " ada", "ada ", "a\u{0}b", "a\nb", "a\u{200B}b", "a\u{202E}b", "\u{A0}ada",
        String(repeating: "n", count: 129),
    ])
    func `a name that nobody could type or tell apart is refused`(name: String) throws {
        #expect(fixture.refusal { _ = try fixture.users.add(name, password: nil) }?.hasPrefix("a user name") == true)
        #expect(try fixture.users.users().isEmpty)
    }

    @Test(arguments: [
        "seven77", "", String(repeating: "p", count: 513), "with a\nline break", "with a\u{0}NUL in it",
        "\r\r\r\r\r\r\r\r",
    ])
    func `a password that is short, long or not to be typed is refused`(text: String) throws {
        let said = fixture.refusal { _ = try fixture.users.add("ada", password: Password(text)) }
        #expect(said?.hasPrefix("the password has") == true)
        #expect(try fixture.users.users().isEmpty)
    }

    @Test func `eight characters are enough, whatever they are`() throws {
        let user = try fixture.users.add("ada", password: Password("пароль-8"))
        #expect(user.passwordHash != nil)
    }

    @Test(
        arguments: [
            ("sub", "x"), ("scope", "postern:admin"), ("updated_at", 1), ("email", "ada"), ("email", "a b@example.com"),
            ("email", 1), ("email_verified", "true"), ("name", ["a"]), ("address", "Main Street"), ("näme", "x"),
            ("", "x"),
            ("name", ""), ("other_emails", "ada@example.com"), ("other_emails", ["ada"]), ("other_emails", [1]),
            ("other_emails", [["address": "ada@example.com", "verified": 1]]), ("other_emails", [["verified": true]]),
            ("other_emails", [["address": "ada@example.com", "primary": true]]),
        ] as [(String, JSON)])
    func `an attribute that no claim could hold is refused`(name: String, value: JSON) {
        var attributes = UserAttributes()
        #expect(throws: AdministrationError.self) { try attributes.set(name, to: value) }
        #expect(attributes.isEmpty)
    }

    @Test func `a new address is not verified unless the same change says so`() throws {
        func set(_ assignments: String...) throws -> [String: JSON] {
            var attributes = UserAttributes()
            for assignment in assignments { try attributes.set(assignment) }
            return try fixture.users.set("ada", attributes: attributes).attributes
        }
        _ = try fixture.users.add("ada", password: nil)
        #expect(try set("email=\"ada@example.com\"", "email_verified=true")["email_verified"] == true)
        #expect(try set("email=\"ada@example.com\"")["email_verified"] == true, "it is the same address")
        #expect(try set("email=\"ada@example.org\"")["email_verified"] == nil)
        #expect(try set("email=\"ada@example.net\"", "email_verified=true")["email_verified"] == true)
        #expect(try set("email=null") == [:])
    }

    @Test func `an address takes its own proof along, and gives it to no other`() throws {
        func set(_ assignments: String..., changes: EmailChange...) throws -> EmailAddresses {
            var attributes = UserAttributes()
            for assignment in assignments { try attributes.set(assignment) }
            for change in changes { try attributes.change(change) }
            return EmailAddresses(attributes: try fixture.users.set("ada", attributes: attributes).attributes)
        }
        let (work, home, new) = ("ada@work.example", "ada@home.example", "ada@new.example")
        _ = try fixture.users.add("ada", password: nil)
        var addresses = try set(changes: .add(work), .verify(work), .add(home))
        #expect(addresses == EmailAddresses(primary: .init(work, isVerified: true), others: [.init(home)]))
        addresses = try set(changes: .makePrimary(home))
        #expect(addresses == EmailAddresses(primary: .init(home), others: [.init(work, isVerified: true)]))
        addresses = try set("email=\"\(new)\"")
        #expect(addresses == EmailAddresses(primary: .init(new), others: [.init(work, isVerified: true)]))
        addresses = try set("email=\"\(work)\"")
        #expect(addresses == EmailAddresses(primary: .init(work, isVerified: true)), "it was proven as another address")
        addresses = try set("other_emails=[\"\(home)\",{\"address\":\"\(new)\",\"verified\":true},\"\(work)\"]")
        let three = EmailAddresses(
            primary: .init(work, isVerified: true), others: [.init(home), .init(new, isVerified: true)])
        #expect(addresses == three)
        #expect(try set("other_emails=[\"\(home)\",\"\(new)\"]") == three, "a proof stays where none is mentioned")
        #expect(try set("name=\"Ada\"") == three)
        addresses = try set("email=\"\(home)\"", "email_verified=true", changes: .add(work))
        #expect(
            addresses
                == EmailAddresses(
                    primary: .init(home, isVerified: true), others: [.init(new, isVerified: true), .init(work)]),
            "the former primary one has gone, and its proof with it")
        #expect(fixture.refusal { _ = try set(changes: .remove(home)) }?.contains("--primary-email") == true)
        #expect(
            fixture.refusal { _ = try set(changes: .makePrimary("eve@example.com")) }?.contains("no address") == true)
        #expect(fixture.refusal { _ = try set(changes: .add("eve")) }?.hasPrefix("email is \"eve\"") == true)
        addresses = try set(changes: .makePrimary(work), .remove(home), .remove(new))
        #expect(addresses == EmailAddresses(primary: .init(work)))
        #expect(try set("email=null") == EmailAddresses())
    }

    @Test(arguments: ["staff", "staff=yes", "staff=", "=1"])
    func `an attribute on the command line is KEY=JSON`(assignment: String) {
        var attributes = UserAttributes()
        #expect(throws: AdministrationError.self) { try attributes.set(assignment) }
    }

    @Test func `attributes have a bound together`() throws {
        var attributes = UserAttributes()
        for number in 1...40 { try attributes.set("a\(number)", to: .string(String(repeating: "x", count: 1000))) }
        #expect(throws: AdministrationError.self) {
            _ = try fixture.users.add("ada", password: nil, attributes: attributes)
        }
    }

    /// Gives the user a session and a grant. Returns what is left of them whenever it is asked.
    private func signIn(_ user: User) throws -> () throws -> [String] {
        let now = AdministrationFixture.noon
        let name = Base64URL.encode(SystemRandom().bytes(16))
        let digest = Digest.sha256(Array(name.utf8))
        let session = Session(
            id: SessionID(name), userID: user.id, authTime: now, amr: ["pwd"], acr: "1", createdAt: now,
            lastUsedAt: now, expiresAt: now + 3600, sidKey: SystemRandom().bytes(32))
        let authenticated = Authentication.user(
            user, password: "", decoy: "", verify: { _, _ in true }, improve: { _, _ in nil })
        let start = SessionStart(
            session, digest: digest, of: .password(try #require(authenticated)), spending: AttemptID(name),
            until: now + 60)
        #expect(try fixture.store.start(start) == .started)
        let grant = Grant(
            id: GrantID(name), clientID: ClientID("demo"),
            authentication: AuthenticationContext(session, for: ClientID("demo")),
            request: SignInRequest(address: "192.0.2.1", at: now), scope: .standard, createdAt: now,
            expiresAt: now + 3600)
        #expect(try fixture.store.redeemOrRevoke(grant) == .recorded)
        return { [store = fixture.store] in
            let hasSession = try store.session(digest: digest) != nil
            let hasGrant = try store.grant(grant.id).map { !$0.isRevoked } ?? false
            return (hasSession ? ["session"] : []) + (hasGrant ? ["grant"] : [])
        }
    }

    @Test func `disabling and a reset end sessions and grants, other changes don't`() throws {
        _ = try fixture.clients.register(["client_id": "demo", "redirect_uris": ["https://app.example.com/"]])
        let user = try fixture.users.add("ada", password: password)
        var left = try signIn(user)
        var attributes = UserAttributes()
        try attributes.set("name", to: "Ada")
        _ = try fixture.users.set("ada", attributes: attributes)
        _ = try fixture.users.set("ada", attributes: .init(), newName: "lovelace")
        _ = try fixture.users.enable("lovelace")
        #expect(try left() == ["session", "grant"])
        #expect(try fixture.users.user("lovelace").id == user.id, "the subject stays")

        let disabled = try fixture.users.disable("lovelace")
        #expect(disabled.isDisabled)
        #expect(try left() == [])
        #expect(try !fixture.users.enable("lovelace").isDisabled)

        left = try signIn(try fixture.users.user("lovelace"))
        let changed = try fixture.users.setPassword("lovelace", to: Password("battery staple"))
        #expect(try left() == [])
        #expect(!PasswordHash.verify(password, try #require(changed.passwordHash)))

        left = try signIn(changed)
        _ = try fixture.users.set("lovelace", attributes: .init(), password: password)
        #expect(try left() == [])
    }

    @Test func `a change that comes between is kept`() throws {
        _ = try fixture.users.add("ada", password: password)
        let clock = fixture.clock { users, _ in
            _ = try users.setPassword("ada", to: Password("battery staple"))
            _ = try users.disable("ada")
        }
        var attributes = UserAttributes()
        try attributes.set("email", to: "ada@example.com")
        let changed = try UserAdministration(store: fixture.store, now: clock).set("ada", attributes: attributes)
        #expect(try fixture.users.user("ada") == changed)
        #expect(changed.attributes["email"] == "ada@example.com")
        #expect(changed.isDisabled)
        #expect(PasswordHash.verify("battery staple".utf8, try #require(changed.passwordHash)))
    }

    @Test func `who always comes too late is told in the end`() throws {
        let before = try fixture.users.add("ada", password: nil)
        let clock = fixture.clock(.max) { users, _ in _ = try users.enable("ada") }
        #expect(throws: StoreError.changed) {
            try UserAdministration(store: fixture.store, now: clock).disable("ada")
        }
        let after = try fixture.users.user("ada")
        #expect(!after.isDisabled && after.version > before.version)
    }

    @Test func `changes made at once are all made`() throws {
        let before = try fixture.users.add("ada", password: password)
        try fixture.atOnce(8) { number, users, _ in
            switch number {
            case 0: _ = try users.disable("ada")
            case 1: _ = try users.setPassword("ada", to: Password("battery staple"))
            default:
                var attributes = UserAttributes()
                try attributes.set("number\(number)", to: true)
                _ = try users.set("ada", attributes: attributes)
            }
        }
        let after = try fixture.users.user("ada")
        #expect(after.isDisabled)
        #expect(PasswordHash.verify("battery staple".utf8, try #require(after.passwordHash)))
        #expect(after.attributes.keys.sorted() == (2..<8).map { "number\($0)" })
        #expect(after.version == before.version + 8)
    }

    @Test func `a link serves a user who is changed meanwhile, and not one who is disabled`() throws {
        let ada = try fixture.users.add("ada", password: nil)
        let store = InterruptedStore(fixture.store)
        let users = UserAdministration(store: store, now: { AdministrationFixture.noon })
        _ = try RoleAdministration(store: fixture.store).createOwn()
        _ = try fixture.users.set("ada", roles: AssignmentChange(replacing: ["postern:admin"]))
        var link = try users.link("ada")
        store.meanwhile = { _ = try fixture.users.set("ada", newName: "lovelace") }
        #expect(try users.setPassword(password, by: link))
        #expect(try fixture.users.user("lovelace").id == ada.id)
        #expect(try fixture.users.user("lovelace").passwordHash != nil)
        link = try users.link("lovelace")
        let before = try fixture.users.user("lovelace").passwordHash
        store.meanwhile = { _ = try fixture.users.disable("lovelace") }
        #expect(try !users.setPassword(Password("battery staple"), by: link))
        #expect(try fixture.users.user("lovelace").passwordHash == before)
        #expect(fixture.refusal { _ = try users.link("lovelace") }?.contains("postern user enable") == true)
    }

    @Test func `a name that is taken can't be given to another`() throws {
        _ = try fixture.users.add("ada", password: nil)
        let grace = try fixture.users.add("grace", password: nil)
        #expect(fixture.refusal { _ = try fixture.users.set("grace", attributes: .init(), newName: "ada") } != nil)
        #expect(try fixture.users.user("grace") == grace)
    }

    @Test func `a user who isn't there is answered with the nearest name`() throws {
        _ = try fixture.users.add("ada", password: nil)
        #expect(
            fixture.refusal { _ = try fixture.users.user("adda") } == "there is no user \"adda\". Did you mean \"ada\"?"
        )
        #expect(try fixture.users.remove("ada").username.value == "ada")
        #expect(try fixture.users.users().isEmpty)
    }
}
