import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct UserFileImportTests {
    private let fixture: AdministrationFixture

    init() throws { fixture = try AdministrationFixture() }

    private var users: UserFileImport { UserFileImport(store: fixture.store, now: { AdministrationFixture.noon }) }

    @discardableResult
    private func run(
        _ text: String, _ mode: UserFileImport.Mode = .add, _ format: UserFileFormat = .jsonLines
    ) throws -> UserImportPlan {
        let plan = try users.plan(format.read(Array(text.utf8)), mode)
        if plan.faults.isEmpty { try users.carryOut(plan) }
        return plan
    }

    private func exported(_ fixture: AdministrationFixture) throws -> [String] {
        try fixture.users.users().map { $0.exported(withPasswordHash: true).text }
    }

    @Test func `users are added with what the file says, and by default a subject of their own`() throws {
        let plan = try run(
            "username,name,password_hash\nada,Ada,\(UserFileTests.bcrypt)\ngrace,Grace,\n", .add, .csv)
        #expect((plan.added, plan.updated, plan.unchanged, plan.refused) == (2, 0, 0, 0))
        #expect(plan.withoutPassword == 1)
        let ada = try fixture.users.user("ada")
        #expect(ada.passwordHash == UserFileTests.bcrypt && ada.attributes == ["name": "Ada"])
        #expect(ada.createdAt == AdministrationFixture.noon && ada.updatedAt == AdministrationFixture.noon)
        #expect(ada.id.value.utf8.count == 36)
        #expect(try fixture.users.user("grace").passwordHash == nil)
    }

    @Test func `a password in plain text is hashed`() throws {
        try run(#"{"username":"ada","password":"correct horse"}"#)
        let hash = try #require(try fixture.users.user("ada").passwordHash)
        #expect(PasswordHash.verify("correct horse".utf8, hash))
    }

    @Test func `what was exported comes back the same`() throws {
        var attributes = UserAttributes()
        for assignment in [
            "email=\"ada@example.com\"", "email_verified=true", "address={\"locality\":\"London\"}", "n=[1,2.5,null]",
        ] { try attributes.set(assignment) }
        try attributes.change(.add("ada@example.org"))
        try attributes.change(.verify("ada@example.org"))
        _ = try fixture.users.add("Zo\u{EB} \"x\"", password: Password("correct horse"), attributes: attributes)
        _ = try fixture.users.add("bare", password: nil)
        _ = try fixture.users.disable("bare")
        let lines = try exported(fixture)
        #expect(lines.count == 2 && lines.allSatisfy { !$0.contains("\n") })

        let other = try AdministrationFixture()
        let later = UserFileImport(store: other.store, now: { AdministrationFixture.noon + 99 })
        let file = UserFileFormat.jsonLines.read(Array(lines.joined(separator: "\n").utf8))
        try later.carryOut(try later.plan(file, .add))
        #expect(try exported(other) == lines)
        #expect(try other.users.users().map(\.id) == fixture.users.users().map(\.id))

        let again = try later.plan(file, .update(replacingPasswords: true))
        #expect((again.added, again.updated, again.unchanged) == (0, 0, 2), "a second time changes nothing")
    }

    @Test func `an export without hashes has none`() throws {
        let user = try fixture.users.add("ada", password: Password("correct horse"))
        #expect(!user.exported(withPasswordHash: false).text.contains("$y$"))
        #expect(user.exported(withPasswordHash: true)["password_hash"]?.stringValue == user.passwordHash)
    }

    @Test func `nobody is imported from a file with a fault`() throws {
        let ada = try fixture.users.add("ada", password: nil)
        _ = try fixture.clients.register(["client_id": "shop", "redirect_uris": ["https://app.example.com/"]])
        let plan = try run(
            """
            {"username":"new"}
            {"username":"ada"}
            {"username":"new"}
            {"username":"one","sub":"same"}
            {"username":"two","sub":"same"}
            {"username":"three","sub":"shop"}
            {"username":"four","roles":["clerk"]}
            {"username":"five","attributes":{"a":"\(String(repeating: "x", count: 33_000))"}}
            nonsense
            """)
        let said = plan.faults.map { "\($0.line): \($0.text)" }
        #expect(said.count == 7 && plan.refused == 7)
        #expect(said[0].hasPrefix("2: there is a user \"ada\" already; change them with --update"))
        #expect(said[1] == "3: the user \"new\" is on line 1 already")
        #expect(said[2] == "5: the sub \"same\" is that of the user on line 4")
        #expect(said[3].hasPrefix("6: the sub \"shop\" is the id of an app"))
        #expect(said[4].hasPrefix("7: there is no role \"clerk\""))
        #expect(said[5].hasPrefix("8: the attributes have more than"))
        #expect(said[6] == "9: the line is not JSON")
        #expect(try fixture.users.users() == [ada])
        #expect(throws: AdministrationError.self) { try users.carryOut(plan) }
    }

    @Test func `roles and groups are those that are defined, and stay where the file says nothing`() throws {
        let roles = RoleAdministration(store: fixture.store)
        for name in ["clerk", "editor"] { _ = try roles.add(name) }
        let groups = GroupAdministration(store: fixture.store)
        _ = try groups.add("staff")
        try run("username,roles,groups\nada,clerk editor,staff\ngrace,,\n", .add, .csv)
        func held(_ name: String) throws -> [String] {
            let user = try fixture.users.user(name)
            return user.roles.sorted().map(\.description) + user.groups.sorted().map(\.value)
        }
        #expect(try held("ada") == ["clerk", "editor", "staff"])
        #expect(try held("grace") == [])
        try run(#"{"username":"ada","roles":["clerk"]}"#, .update(replacingPasswords: false))
        #expect(try held("ada") == ["clerk", "staff"])
        try run(#"{"username":"ada","groups":[]}"#, .update(replacingPasswords: false))
        #expect(try held("ada") == ["clerk"])
        let plan = try run(#"{"username":"ada","groups":["stuff"]}"#, .update(replacingPasswords: false))
        #expect(plan.faults.first?.text.contains("Did you mean \"staff\"?") == true)
        let late = try users.plan(
            UserFileFormat.jsonLines.read(Array(#"{"username":"eve","roles":["editor"]}"#.utf8)), .add)
        _ = try roles.remove("editor")
        #expect(throws: UserImportInterruption.self) { try users.carryOut(late) }
        #expect(try fixture.store.user(named: Username("eve")) == nil)
    }

    @Test func `names that look alike are one`() throws {
        let plan = try run("{\"username\":\"Zo\u{EB}\"}\n{\"username\":\"Zoe\u{308}\"}")
        #expect(plan.faults.map(\.line) == [2])
    }

    @Test func `an update changes what the file says, and keeps the rest`() throws {
        let before = try fixture.users.add("ada", password: Password("correct horse"))
        var attributes = UserAttributes()
        for text in ["name=\"Ada\"", "email=\"a@example.com\"", "email_verified=true"] { try attributes.set(text) }
        _ = try fixture.users.set("ada", attributes: attributes)
        let line = #"{"username":"ada","attributes":{"name":"Ada L","email":"b@example.com"}}"#
        var plan = try run(line + "\n" + #"{"username":"new"}"#, .update(replacingPasswords: false))
        #expect((plan.added, plan.updated, plan.unchanged, plan.keptPasswords) == (1, 1, 0, 0))
        let after = try fixture.users.user("ada")
        #expect(after.attributes == ["name": "Ada L", "email": "b@example.com"], "a new address is not proven")
        #expect(after.id == before.id && after.passwordHash == before.passwordHash)
        plan = try run(line, .update(replacingPasswords: false))
        #expect((plan.added, plan.updated, plan.unchanged) == (0, 0, 1))
        #expect(try fixture.users.user("ada") == after, "not even the version")
    }

    @Test func `a sub finds the user under a new name, and never changes`() throws {
        let ada = try fixture.users.add("ada", password: nil)
        let grace = try fixture.users.add("grace", password: nil)
        try run(#"{"username":"lovelace","sub":"\#(ada.id)"}"#, .update(replacingPasswords: false))
        #expect(try fixture.users.user("lovelace").id == ada.id)
        for line in [#"{"username":"grace","sub":"\#(ada.id)"}"#, #"{"username":"grace","sub":"another"}"#] {
            let plan = try run(line, .update(replacingPasswords: false))
            #expect(plan.faults.first?.text.contains("a sub never changes") == true)
        }
        let twice = try run(
            #"{"username":"grace"}"# + "\n" + #"{"username":"hopper","sub":"\#(grace.id)"}"#,
            .update(replacingPasswords: false))
        #expect(twice.faults.map(\.line) == [2], "one user under two names")
        #expect(try fixture.users.user("grace") == grace)
    }

    @Test func `an update keeps the password that there is, unless it shall be replaced`() throws {
        let before = try fixture.users.add("ada", password: Password("battery staple"))
        _ = try fixture.users.add("new", password: nil)
        let text = "ada:\(UserFileTests.bcrypt)\nnew:\(UserFileTests.bcrypt)\n"
        var plan = try run(text, .update(replacingPasswords: false), .htpasswd)
        #expect((plan.updated, plan.unchanged, plan.keptPasswords) == (1, 1, 1))
        #expect(try fixture.users.user("ada") == before)
        #expect(try fixture.users.user("new").passwordHash == UserFileTests.bcrypt)
        plan = try run(text, .update(replacingPasswords: true), .htpasswd)
        #expect((plan.updated, plan.unchanged, plan.keptPasswords) == (1, 1, 0))
        #expect(try fixture.users.user("ada").passwordHash == UserFileTests.bcrypt)
        let plain = #"{"username":"ada","password":"correct horse"}"#
        plan = try run(plain, .update(replacingPasswords: true))
        #expect(plan.unchanged == 1, "it is that password already")
    }

    @Test func `an update that disables or replaces a password ends sessions, another doesn't`() throws {
        func begin(_ name: String) throws -> () throws -> Bool {
            let user = try fixture.users.user("ada")
            let digest = Digest.sha256(Array(name.utf8))
            let session = Session(
                id: SessionID(name), userID: user.id, authTime: AdministrationFixture.noon, amr: ["pwd"], acr: "1",
                createdAt: AdministrationFixture.noon, lastUsedAt: AdministrationFixture.noon,
                expiresAt: AdministrationFixture.noon + 3600, sidKey: SystemRandom().bytes(32))
            let authenticated = Authentication.user(
                user, password: "", decoy: "", verify: { _, _ in true }, improve: { _, _ in nil })
            let start = SessionStart(
                session, digest: digest, of: .password(try #require(authenticated)), spending: AttemptID(name),
                until: AdministrationFixture.noon + 60)
            #expect(try fixture.store.start(start) == .started)
            return { [store = fixture.store] in try store.session(digest: digest) != nil }
        }
        _ = try fixture.users.add("ada", password: Password("battery staple"))
        var isLiving = try begin("one")
        try run(#"{"username":"ada","attributes":{"name":"Ada"}}"#, .update(replacingPasswords: false))
        #expect(try isLiving())
        try run("ada:\(UserFileTests.bcrypt)", .update(replacingPasswords: true), .htpasswd)
        #expect(try !isLiving())
        isLiving = try begin("two")
        try run(#"{"username":"ada","disabled":true}"#, .update(replacingPasswords: false))
        #expect(try !isLiving())
        #expect(try fixture.users.user("ada").isDisabled)
    }

    @Test func `who comes in between stops the import, which can be taken up again`() throws {
        let lines = (0..<1200).map { "{\"username\":\"u\($0)\"}" }.joined(separator: "\n")
        let file = UserFileFormat.jsonLines.read(Array(lines.utf8))
        let plan = try users.plan(file, .add)
        let other = try fixture.users.add("u700", password: nil)
        do {
            try users.carryOut(plan)
            Issue.record("nothing stopped it")
        } catch let error as UserImportInterruption {
            #expect(error.done == 500)
            #expect(error.administratorText.contains("stopped after 500 of 1200 users: the user \"u700\" was added"))
        }
        #expect(try fixture.users.users().count == 501)
        let rest = try run(lines, .update(replacingPasswords: false))
        #expect((rest.added, rest.unchanged) == (699, 501))
        #expect(try fixture.users.users().count == 1200)
        #expect(try fixture.users.user("u700").id == other.id)
    }
}
