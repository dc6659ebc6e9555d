import JOSE
import OIDCLogic

/// What an administrator does with users.
package struct UserAdministration {
    private let store: any Store
    private let random: any RandomSource
    private let now: Clock

    package init(store: any Store, random: any RandomSource = SystemRandom(), now: @escaping Clock) {
        self.store = store
        self.random = random
        self.now = now
    }

    /// Adds a user, who can't sign in with a password if `password` is nil.
    ///
    /// Throws ``AdministrationError``, `PasswordHashError` and `StoreError`; then nothing has changed.
    package func add(
        _ name: String, password: Password?, attributes: UserAttributes = .init(), roles: [String] = [],
        groups: [String] = []
    ) throws -> User {
        let username = try Username(choosing: name)
        // Hashing is slow; a name that is taken shouldn't wait for it.
        guard try store.user(named: username) == nil else { throw taken(username) }
        let catalogue = try store.catalogue()
        let time = now()
        let user = User(
            id: .random(from: random), username: username, passwordHash: try password.map(PasswordRule.hash),
            attributes: try attributes.applied(to: [:]),
            roles: try AssignmentChange(replacing: roles).applied(rolesOf: [], in: catalogue),
            groups: try AssignmentChange(replacing: groups).applied(groupsOf: [], in: catalogue), createdAt: time,
            updatedAt: time)
        do {
            try store.add(user)
        } catch StoreError.exists {
            throw taken(username)
        } catch StoreError.missing {
            throw AdministrationError.missing("a role or a group was removed meanwhile; nobody was added")
        }
        return user
    }

    /// A password for someone who shall be told it once.
    package func generatePassword() -> Password { PasswordRule.generate(from: random) }

    /// Throws ``AdministrationError`` with the nearest name if there is none.
    package func user(_ name: String) throws -> User {
        if let user = try store.user(named: Username(typed: name)) { return user }
        let question = Nearest.question(name, among: try users().map(\.username.value))
        throw AdministrationError.missing("there is no user \"\(name)\".\(question)")
    }

    /// Nil: they were removed.
    package func username(of id: UserID) throws -> Username? { try store.user(id)?.username }

    /// Those whose name or e-mail address begins with that, by the search of the API.
    package func users(beginning prefix: String) throws -> [User] {
        try SearchPage.all { try store.users(beginning: prefix, after: $0, limit: 500) }
    }

    /// In order of their names.
    package func users() throws -> [User] {
        var users: [User] = []
        try forEachUser { users.append($0) }
        return users
    }

    /// The same, without holding all of them at once.
    package func forEachUser(_ body: (User) throws -> Void) throws {
        var last: Username?
        while true {
            let page = try store.users(after: last, limit: 500)
            for user in page { try body(user) }
            if page.count < 500 { return }
            last = page.last?.username
        }
    }

    package func set(
        _ name: String, attributes: UserAttributes = .init(), roles: AssignmentChange = .init(),
        groups: AssignmentChange = .init(), newName: String? = nil, password: Password? = nil
    ) throws -> User {
        try set(
            name,
            UserChange(
                attributes: attributes, roles: roles, groups: groups, newName: newName, password: password))
    }

    /// Changes a user. The subject stays.
    package func set(_ name: String, _ change: UserChange) throws -> User {
        let hash = try change.password.map(PasswordRule.hash)
        return try ChangeAgain.whileOthersDo { try replace(try user(name), by: change, hash: hash) }
    }

    /// The same, of the user as they were read. Throws `StoreError.changed` if they have changed since.
    package func change(_ user: User, by change: UserChange) throws -> User {
        try replace(user, by: change, hash: try change.password.map(PasswordRule.hash))
    }

    private func replace(_ former: User, by change: UserChange, hash: String?) throws -> User {
        var user = former
        user.attributes = try change.attributes.applied(to: user.attributes)
        let catalogue = try store.catalogue()
        user.roles = try change.roles.applied(rolesOf: user.roles, in: catalogue)
        user.groups = try change.groups.applied(groupsOf: user.groups, in: catalogue)
        if let newName = change.newName { user.username = try Username(choosing: newName) }
        if let hash { user.passwordHash = hash }
        if let isDisabled = change.isDisabled { user.isDisabled = isDisabled }
        let ends = hash != nil || change.isDisabled == true
        return try replace(user, ending: ends ? .everything : .nothing)
    }

    /// Signs the user out everywhere: all sessions and grants end.
    package func signOut(_ user: User) throws {
        try ChangeAgain.whileOthersDo { _ = try replace(try store.user(user.id) ?? user, ending: .everything) }
    }

    /// An administrator's reset: all sessions and grants end.
    package func setPassword(_ name: String, to password: Password) throws -> User {
        try set(name, UserChange(password: password))
    }

    /// All sessions and grants end, and no new ones begin.
    package func disable(_ name: String) throws -> User { try set(name, UserChange(isDisabled: true)) }

    package func enable(_ name: String) throws -> User { try set(name, UserChange(isDisabled: false)) }

    /// A link by which the user chooses a password, and which serves once. It is for those who administer: whoever reads it
    /// over their shoulder could be them.
    ///
    /// Throws ``AdministrationError`` if there is no such user, or they hold no role of Postern's own.
    package func link(_ name: String) throws -> OneTimeLinkToken {
        let user = try user(name)
        guard try store.catalogue().roles(of: user).contains(where: { Scope.opensPostern($0.description) }) else {
            throw AdministrationError.invalid(
                "\"\(name)\" administers nothing, so there is no link for them; \"postern user set \(name) --add-role "
                    + "\(AdministrationScope.admin.rawValue)\" makes them an administrator, and \"user set-password\" sets "
                    + "anybody's password")
        }
        guard !user.isDisabled else {
            throw AdministrationError.invalid(
                "\"\(name)\" is disabled, and couldn't sign in with the password; \"postern user enable \(name)\" first"
            )
        }
        let token = OneTimeLinkToken(random: random)
        try store.add(OneTimeLink(digest: token.digest, userID: user.id, expiresAt: now() + OneTimeLink.lifetime))
        return token
    }

    /// A link by which somebody signs in at an upstream, and is this user from then on. Whoever has it could be them.
    ///
    /// - Parameter lifetime: in seconds.
    ///
    /// Throws ``AdministrationError`` if there is no such user, or they are disabled.
    package func invite(_ name: String, for lifetime: Int64) throws -> OneTimeLinkToken {
        let user = try user(name)
        guard !user.isDisabled else {
            throw AdministrationError.invalid(
                "\"\(name)\" is disabled, and couldn't sign in; \"postern user enable \(name)\" first")
        }
        guard OneTimeLink.invitationLifetimes.contains(lifetime) else {
            throw AdministrationError.invalid("an invitation is open for 1 minute at least, and for 30 days at most")
        }
        let token = OneTimeLinkToken(random: random)
        try store.add(OneTimeLink(digest: token.invitationDigest, userID: user.id, expiresAt: now() + lifetime))
        return token
    }

    /// Nil: it was spent, or is over.
    func user(invitedBy digest: [UInt8]) throws -> User? {
        guard let known = try store.oneTimeLink(digest: digest), now() < known.expiresAt else { return nil }
        return try store.user(known.userID)
    }

    /// Whom the link is for. Nil: it was spent, or is over.
    func user(of link: OneTimeLinkToken) throws -> User? {
        guard let known = try store.oneTimeLink(digest: link.digest), now() < known.expiresAt else { return nil }
        return try store.user(known.userID)
    }

    /// Sets the password that whoever has the link chose. False: the link was spent meanwhile.
    func setPassword(_ password: Password, by link: OneTimeLinkToken) throws -> Bool {
        let hash = try PasswordRule.hash(password)
        return try ChangeAgain.whileOthersDo {
            guard var user = try user(of: link) else { return false }
            user.passwordHash = hash
            user.updatedAt = max(now(), user.updatedAt)
            return try store.replace(user, spending: link.digest, at: now())
        }
    }

    /// Removes a user with sessions, consents and grants. Returns who it was.
    package func remove(_ name: String) throws -> User {
        let user = try user(name)
        _ = try store.removeUser(user.id)
        return user
    }

    private func replace(_ changed: User, ending: UserEnding) throws -> User {
        var user = changed
        user.updatedAt = max(now(), user.updatedAt)
        do {
            return try store.replace(user, ending: ending)
        } catch StoreError.exists {
            throw taken(user.username)
        } catch StoreError.missing {
            throw AdministrationError.missing("the user \"\(user.username)\" was removed meanwhile")
        }
    }

    private func taken(_ name: Username) -> AdministrationError {
        .exists("there is a user \"\(name)\" already; choose another name, or change that one").of("username")
    }
}

extension User {
    /// What an administrator sees. Never the password's hash.
    package var json: JSON {
        .object([
            "username": .string(username.value),
            "sub": .string(id.value),
            "disabled": .bool(isDisabled),
            "has_password": .bool(passwordHash != nil),
            "attributes": .object(attributes),
            "roles": .array(roles.sorted().map { .string($0.description) }),
            "groups": .array(groups.sorted().map { .string($0.value) }),
            "created_at": .integer(createdAt.seconds),
            "updated_at": .integer(updatedAt.seconds),
        ])
    }

    /// With a password that was made just now: the one time that it is shown.
    package func json(showing password: Password?) -> JSON {
        guard let password, var object = json.objectValue else { return json }
        object["password"] = .string(password.reveal())
        return .object(object)
    }
}
