import JOSE
import OIDCLogic

/// What a file says about one user, in the members of a JSON line. Whatever it doesn't say is nil.
package struct UserRecord: Sendable {
    enum Credential: Sendable {
        /// A crypt(3) hash that serves here.
        case hash(String)
        /// Not hashed yet: that is slow.
        case password(Password)
    }

    package let line: Int
    package let username: Username
    let id: UserID?
    let credential: Credential?
    let isDisabled: Bool?
    let attributes: UserAttributes
    /// Names as an administrator writes them.
    let roles: [String]?
    let groups: [String]?
    let createdAt: Timestamp?
    let updatedAt: Timestamp?
}

extension UserFile {
    /// Adds the user that the members describe, or what is wrong with them.
    mutating func add(_ members: [String: JSON], line: Int) {
        var reading = UserRecordReading(members, line: line)
        if let record = reading.record() { records.append(record) }
        faults += reading.faults
    }
}

/// Reads a record member by member, and collects every fault.
private struct UserRecordReading {
    private let members: [String: JSON]
    private let line: Int
    private(set) var faults: [UserFileFault] = []

    private static let names = [
        "username", "sub", "password", "password_hash", "disabled", "attributes", "roles", "groups", "created_at",
        "updated_at",
        // What `user list --json` says besides.
        "has_password",
    ]

    init(_ members: [String: JSON], line: Int) {
        self.members = members.filter { $0.value != .null }
        self.line = line
    }

    /// Nil: there are faults.
    mutating func record() -> UserRecord? {
        for name in members.keys.sorted() where !Self.names.contains(name) {
            fault(
                "there is no member \"\(name)\"; an attribute of your own goes into \"attributes\"."
                    + Nearest.question(name, among: Self.names))
        }
        let username = username()
        let id = subject()
        let record = username.map { username in
            UserRecord(
                line: line, username: username, id: id, credential: credential(), isDisabled: flag("disabled"),
                attributes: attributes(), roles: strings("roles"), groups: strings("groups"),
                createdAt: time("created_at"), updatedAt: time("updated_at"))
        }
        return faults.isEmpty ? record : nil
    }

    private mutating func fault(_ text: String) { faults.append(UserFileFault(line: line, text)) }

    private mutating func username() -> Username? {
        guard let text = text("username") else {
            if members["username"] == nil { fault("there is no username") }
            return nil
        }
        do throws(AdministrationError) { return try Username(choosing: text) } catch {
            fault("username is \"\(text)\": \(error.description)")
            return nil
        }
    }

    private mutating func subject() -> UserID? {
        guard let text = text("sub") else { return nil }
        do throws(AdministrationError) { return try UserID(choosing: text) } catch {
            fault(error.description)
            return nil
        }
    }

    private mutating func credential() -> UserRecord.Credential? {
        let (password, hash) = (text("password"), text("password_hash"))
        if password != nil && hash != nil { fault("password and password_hash exclude each other") }
        if let hash {
            if case .refused(let reason) = PasswordHash.importability(of: hash) { fault(reason) }
            return .hash(hash)
        }
        guard let password = password.map(Password.init) else { return nil }
        do throws(AdministrationError) { try PasswordRule.check(password) } catch { fault(error.description) }
        return .password(password)
    }

    private mutating func attributes() -> UserAttributes {
        var attributes = UserAttributes()
        guard let value = members["attributes"] else { return attributes }
        guard let object = value.objectValue else {
            fault("attributes must be an object")
            return attributes
        }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            do throws(AdministrationError) { try attributes.set(name, to: value) } catch { fault(error.description) }
        }
        return attributes
    }

    /// A secret may be what isn't a string here, so it isn't shown.
    private mutating func text(_ name: String) -> String? {
        guard let value = members[name] else { return nil }
        if value.stringValue == nil { fault("\(name) must be a string") }
        return value.stringValue
    }

    private mutating func flag(_ name: String) -> Bool? {
        guard let value = members[name] else { return nil }
        if value.boolValue == nil { fault("\(name) is \(value.text); it must be true or false") }
        return value.boolValue
    }

    private mutating func strings(_ name: String) -> [String]? {
        guard let value = members[name] else { return nil }
        let strings = value.arrayValue?.compactMap(\.stringValue)
        guard let strings, strings.count == value.arrayValue?.count else {
            fault("\(name) is \(value.text); it must be an array of strings")
            return nil
        }
        return strings
    }

    /// Until the end of the year 9999.
    private mutating func time(_ name: String) -> Timestamp? {
        guard let value = members[name] else { return nil }
        guard let seconds = value.integerValue, (0...253_402_300_799).contains(seconds) else {
            fault("\(name) is \(value.text); it must be a number of seconds since 1970")
            return nil
        }
        return Timestamp(seconds)
    }
}
