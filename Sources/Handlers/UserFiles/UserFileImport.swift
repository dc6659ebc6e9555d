import JOSE
import OIDCLogic

/// Brings the users of a file into the store, by the rules that hold for one user.
///
/// It is planned as a whole before anything changes. Then users are added in transactions of a bounded size, between
/// which sign-ins go on; whoever is interrupted imports the same file again, ``Mode/update``.
package struct UserFileImport {
    package enum Mode: Sendable {
        /// Who is there already is a fault.
        case add
        /// Who is there already is changed to what the file says. Passwords that they have stay, unless they are to be
        /// replaced: a hash may have been made better since the file was written.
        case update(replacingPasswords: Bool)
    }

    private let store: any Store
    private let random: any RandomSource
    private let now: Clock

    /// How many are added at once: some milliseconds.
    private static let batch = 500

    package init(store: any Store, random: any RandomSource = SystemRandom(), now: @escaping Clock) {
        self.store = store
        self.random = random
        self.now = now
    }

    // MARK: - Planning

    /// What importing the file would do, and all that is wrong with it. Changes nothing.
    package func plan(_ file: UserFile, _ mode: Mode) throws -> UserImportPlan {
        var plan = UserImportPlan(faults: file.faults)
        var lines = (names: [Username: Int](), ids: [UserID: Int]())
        let catalogue = try store.catalogue()
        for record in file.records {
            do {
                if let line = lines.names.updateValue(record.line, forKey: record.username) {
                    throw AdministrationError.invalid("the user \"\(record.username)\" is on line \(line) already")
                }
                let step = try step(for: record, mode, in: catalogue)
                if let line = lines.ids.updateValue(record.line, forKey: step.id) {
                    throw AdministrationError.invalid("the sub \"\(step.id)\" is that of the user on line \(line)")
                }
                plan.steps.append(step)
            } catch let error as AdministrationError {
                plan.faults.append(UserFileFault(line: record.line, error.description))
            }
        }
        plan.faults.sort { $0.line < $1.line }
        return plan
    }

    private func step(
        for record: UserRecord, _ mode: Mode, in catalogue: ScopeCatalogue
    ) throws -> UserImportPlan.Step {
        guard let existing = try existing(record) else { return .add(try added(record, in: catalogue), record) }
        guard case .update(let replacingPasswords) = mode else {
            throw AdministrationError.exists(
                "there is a user \"\(existing.username)\" already; change them with --update, or take the line out")
        }
        let wanted = try passwordChange(of: existing, record)
        let keepsPassword = wanted != nil && existing.passwordHash != nil && !replacingPasswords
        let password = keepsPassword ? nil : wanted
        let isChange = try changed(existing, record, in: catalogue) != existing || password != nil
        return isChange
            ? .change(existing.id, record, password: password, keepsPassword: keepsPassword)
            : .leave(existing, record, keepsPassword: keepsPassword)
    }

    /// The user whom the record is about, by `sub` if it says one, else by the name. Throws ``AdministrationError`` if
    /// another stands in the way.
    private func existing(_ record: UserRecord) throws -> User? {
        let named = try store.user(named: record.username)
        guard let id = record.id else { return named }
        let known = try store.user(id)
        if let named, named.id != id {
            throw AdministrationError.exists(
                "the user \"\(named.username)\" has the sub \"\(named.id)\", not \"\(id)\"; a sub never changes: take it out "
                    + "of the file, or rename one of the two")
        }
        guard try known != nil || store.client(ClientID(id.value)) == nil else {
            throw AdministrationError.exists("the sub \"\(id)\" is the id of an app (RFC 9700 section 4.15)")
        }
        return known
    }

    /// The password is hashed later.
    private func added(_ record: UserRecord, in catalogue: ScopeCatalogue) throws -> User {
        let time = now()
        let user = User(
            id: record.id ?? .random(from: random), username: record.username,
            createdAt: record.createdAt ?? time, updatedAt: record.updatedAt ?? time)
        return try changed(user, record, in: catalogue)
    }

    /// All but the password as the record says.
    private func changed(_ user: User, _ record: UserRecord, in catalogue: ScopeCatalogue) throws -> User {
        var user = user
        user.username = record.username
        user.isDisabled = record.isDisabled ?? user.isDisabled
        user.attributes = try record.attributes.applied(to: user.attributes)
        user.roles = try AssignmentChange(replacing: record.roles).applied(rolesOf: user.roles, in: catalogue)
        user.groups = try AssignmentChange(replacing: record.groups).applied(groupsOf: user.groups, in: catalogue)
        return user
    }

    /// Nil: the user has the record's password already, or it says none.
    private func passwordChange(of user: User, _ record: UserRecord) throws -> UserRecord.Credential? {
        guard let hash = user.passwordHash else { return record.credential }
        return switch record.credential {
        case nil: nil
        case .hash(let new): new.hasSameBytes(as: hash) ? nil : record.credential
        case .password(let password): PasswordHash.verify(password, hash) ? nil : record.credential
        }
    }

    // MARK: - Carrying out

    /// Throws ``AdministrationError`` if the plan has faults, and ``UserImportInterruption`` if it was stopped midway.
    package func carryOut(_ plan: UserImportPlan) throws {
        guard plan.faults.isEmpty else {
            throw AdministrationError.invalid("the file has faults; nothing was imported")
        }
        var done = 0
        do {
            for batch in plan.additions.chunks(of: Self.batch) {
                try add(batch)
                done += batch.count
            }
            for case .change(let id, let record, let password, _) in plan.steps {
                try change(id, record, password)
                done += 1
            }
        } catch {
            throw UserImportInterruption(done: done, planned: plan.added + plan.updated, cause: error)
        }
    }

    private func add(_ batch: some Collection<(user: User, record: UserRecord)>) throws {
        let users = try batch.map { addition in
            var user = addition.user
            user.passwordHash = try addition.record.credential.map(hash)
            return user
        }
        do {
            try store.add(all: users)
        } catch StoreError.exists {
            let taken = try users.first { user in
                try store.user(named: user.username) != nil || store.user(user.id) != nil
            }
            throw AdministrationError.exists(
                taken.map { "the user \"\($0.username)\" was added meanwhile" } ?? "a sub was taken meanwhile")
        } catch StoreError.missing {
            throw AdministrationError.missing("a role or a group was removed meanwhile")
        }
    }

    private func change(_ id: UserID, _ record: UserRecord, _ password: UserRecord.Credential?) throws {
        let hash = try password.map(hash)
        try ChangeAgain.whileOthersDo {
            guard let before = try store.user(id) else {
                throw AdministrationError.missing("the user \"\(record.username)\" was removed meanwhile")
            }
            var user = try changed(before, record, in: try store.catalogue())
            if let hash { user.passwordHash = hash }
            user.updatedAt = max(now(), user.updatedAt)
            let isEnd = hash != nil || (user.isDisabled && !before.isDisabled)
            do {
                try store.replace(user, ending: isEnd ? .everything : .nothing)
            } catch StoreError.exists {
                throw AdministrationError.exists("the user name \"\(record.username)\" was taken meanwhile")
            }
        }
    }

    private func hash(_ credential: UserRecord.Credential) throws -> String {
        switch credential {
        case .hash(let hash): hash
        case .password(let password): try PasswordRule.hash(password)
        }
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
