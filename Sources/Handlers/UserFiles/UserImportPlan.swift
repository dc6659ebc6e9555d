import JOSE
import OIDCLogic

/// What importing a file does, user by user, in the order of the file.
package struct UserImportPlan: Sendable {
    enum Step: Sendable {
        /// All is known of the user but the hash of the record's password.
        case add(User, UserRecord)
        /// `password` is nil if it stays as it is; where `keepsPassword` is true, the file has another.
        case change(UserID, UserRecord, password: UserRecord.Credential?, keepsPassword: Bool)
        /// The user is as the file says already.
        case leave(User, UserRecord, keepsPassword: Bool)

        var id: UserID {
            switch self {
            case .add(let user, _), .leave(let user, _, _): user.id
            case .change(let id, _, _, _): id
            }
        }
    }

    var steps: [Step] = []
    /// Where there is any, nothing is imported.
    package internal(set) var faults: [UserFileFault]

    init(faults: [UserFileFault]) { self.faults = faults }

    var additions: [(user: User, record: UserRecord)] {
        steps.compactMap { step in
            if case .add(let user, let record) = step { (user, record) } else { nil }
        }
    }

    package var added: Int { additions.count }

    package var updated: Int {
        steps.count { if case .change = $0 { true } else { false } }
    }

    package var unchanged: Int {
        steps.count { if case .leave = $0 { true } else { false } }
    }

    /// How many lines have faults.
    package var refused: Int { Set(faults.map(\.line)).count }

    /// How many of those to be added can't sign in with a password.
    package var withoutPassword: Int { additions.count { $0.record.credential == nil } }

    /// How many keep the password that they have, though the file has another for them.
    package var keptPasswords: Int {
        steps.count { step in
            switch step {
            case .add: false
            case .change(_, _, _, let keepsPassword), .leave(_, _, let keepsPassword): keepsPassword
            }
        }
    }

    /// What a script wants to know of an import that was carried out, or of one that wasn't.
    package func json(carriedOut: Bool) -> JSON {
        let isDone = carriedOut && faults.isEmpty
        return .object([
            "imported": .bool(isDone), "added": .integer(Int64(added)), "updated": .integer(Int64(updated)),
            "unchanged": .integer(Int64(unchanged)), "refused": .integer(Int64(refused)),
            "without_password": .integer(Int64(withoutPassword)), "kept_passwords": .integer(Int64(keptPasswords)),
            "users": .array(steps.map(\.json)),
            "faults": .array(
                faults.map { .object(["line": .integer(Int64($0.line)), "text": .string($0.text)]) }),
        ])
    }
}

extension UserImportPlan.Step {
    fileprivate var json: JSON {
        let (result, record) =
            switch self {
            case .add(_, let record): ("added", record)
            case .change(_, let record, _, _): ("updated", record)
            case .leave(_, let record, _): ("unchanged", record)
            }
        return .object([
            "line": .integer(Int64(record.line)), "username": .string(record.username.value), "sub": .string(id.value),
            "result": .string(result),
        ])
    }
}

/// An import that stopped midway. What it did before that is on disk.
package struct UserImportInterruption: Error, AdministratorFacing {
    package let done: Int
    let planned: Int
    let cause: any Error

    package var administratorText: String {
        let reason = (cause as? any AdministratorFacing)?.administratorText ?? "\(cause)"
        return
            "the import stopped after \(done) of \(planned) users: \(reason). Import the file again with --update, which "
            + "leaves those as they are"
    }
}
