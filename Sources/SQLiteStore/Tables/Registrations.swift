import JOSE
import OIDCLogic

extension SQLiteStore: RegistrationStore {
    private static let columns = """
        id, digest, permit, note, uses, uses_left, refusals, created_at, valid_until, issued_by_kind, issued_by
        """

    package func add(_ token: InitialAccessToken) throws {
        try change { database, audit in
            try database.run(
                """
                INSERT INTO initial_access_token (\(Self.columns), expires_at)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                """,
                Value(token.id), .blob(token.digest), .text(token.permit.json.text), Value(token.note),
                Value(token.uses), Value(token.usesLeft), Value(token.refusals), Value(token.createdAt),
                Value(token.expiresAt), .text(audit.actor.who.kind), Value(audit.actor.who.id),
                Value(token.expiresAt + InitialAccessToken.memory))
            try audit.write(
                .registrationTokenIssued, token.id.value, AuditChange(from: nil, to: token.audited), in: database)
        }
    }

    package func initialAccessToken(digest: [UInt8]) throws -> InitialAccessToken? {
        let sql = "SELECT \(Self.columns) FROM initial_access_token WHERE digest = ?1"
        return try reader.first(sql, .blob(digest)) { row throws(StoreError) in try Self.token(row) }
    }

    package func initialAccessTokens(
        before id: InitialAccessTokenID?, limit: Int
    ) throws -> [InitialAccessToken] {
        // One that was removed meanwhile has no position, and nothing comes before it.
        let sql = """
            SELECT \(Self.columns) FROM initial_access_token
            WHERE position < CASE WHEN ?1 IS NULL THEN 9223372036854775807
                ELSE (SELECT position FROM initial_access_token WHERE id = ?1) END
            ORDER BY position DESC LIMIT ?2
            """
        return try reader.all(sql, Value(id?.value), Value(max(0, limit))) { row throws(StoreError) in
            try Self.token(row)
        }
    }

    package func removeInitialAccessToken(_ id: InitialAccessTokenID) throws -> Bool {
        try change { database, audit in
            let sql = "SELECT \(Self.columns) FROM initial_access_token WHERE id = ?1"
            let token = try database.first(sql, Value(id)) { row throws(StoreError) in try Self.token(row) }
            guard let token else { return false }
            try database.run("DELETE FROM initial_access_token WHERE id = ?1", Value(id))
            let change = AuditChange(from: AuditedState(["uses_left": .integer(Int64(token.usesLeft))]), to: nil)
            try audit.write(.registrationTokenWithdrawn, id.value, change, in: database)
            return true
        }
    }

    package func recordRefusal(by id: InitialAccessTokenID) throws {
        try write { database in
            _ = try database.run(
                "UPDATE initial_access_token SET refusals = refusals + 1 WHERE id = ?1", Value(id))
        }
    }

    package func register(
        _ client: Client, as registration: ClientRegistration, spending proof: RegistrationProof, at now: Timestamp
    ) throws -> Bool {
        try change { database, audit in
            guard try Self.spend(proof, at: now, in: database) else { return false }
            try Self.add(client, in: database, audit)
            try database.run(
                "INSERT INTO client_registration (id, client_id, digest, next_digest, permit) VALUES (?1, ?2, ?3, ?4, ?5)",
                Value(registration.id), Value(registration.clientID), .blob(registration.digest),
                Value(registration.nextDigest), .text(registration.permit.json.text))
            return true
        }
    }

    private static func spend(
        _ proof: RegistrationProof, at now: Timestamp, in database: Database
    ) throws(StoreError) -> Bool {
        switch proof {
        case .token(let token):
            // Check and change are one statement, so that of two racing processes one gets the last use.
            return try database.run(
                """
                UPDATE initial_access_token SET uses_left = uses_left - 1, refusals = 0
                WHERE id = ?1 AND uses_left > 0 AND refusals < ?2 AND created_at <= ?3 AND valid_until > ?3
                """,
                Value(token), Value(InitialAccessToken.refusalLimit), Value(now)) == 1
        case .ciToken(let id, let until): return try spend(id, until: until, in: database)
        case .none: return true
        }
    }

    package func registration(_ id: RegistrationID) throws -> ClientRegistration? {
        try registration(where: "id", is: Value(id))
    }

    package func registration(of client: ClientID) throws -> ClientRegistration? {
        try registration(where: "client_id", is: Value(client))
    }

    private func registration(where column: StaticString, is value: Value) throws -> ClientRegistration? {
        let sql = "SELECT id, client_id, digest, next_digest, permit FROM client_registration WHERE \(column) = ?1"
        return try reader.first(sql, value) { row throws(StoreError) in
            guard let permit = RegistrationPermit(stored: try row.json(4)) else { throw row.malformed(4) }
            return ClientRegistration(
                id: RegistrationID(try row.text(0)), clientID: ClientID(try row.text(1)), digest: row.bytes(2),
                nextDigest: row.optionalBytes(3), permit: permit)
        }
    }

    package func acceptOffer(_ digest: [UInt8], in id: RegistrationID) throws {
        try write { database in
            _ = try database.run(
                """
                UPDATE client_registration SET digest = next_digest, next_digest = NULL
                WHERE id = ?1 AND next_digest = ?2
                """, Value(id), .blob(digest))
        }
    }

    package func replace(_ client: Client, in id: RegistrationID, offering digest: [UInt8]?) throws -> Client {
        try change { database, audit in
            // Another may have registered under the same id meanwhile.
            let sql = "SELECT 1 FROM client_registration WHERE id = ?1 AND client_id = ?2"
            guard try database.first(sql, Value(id), Value(client.id), read: { _ in true }) == true else {
                throw StoreError.missing
            }
            if let digest {
                try database.run(
                    "UPDATE client_registration SET next_digest = ?2 WHERE id = ?1", Value(id), .blob(digest))
            }
            return try Self.replace(client, in: database, audit) { change in
                digest == nil ? change : change.with("registration_access_token", "changed")
            }
        }
    }

    private static func token(_ row: borrowing Row) throws(StoreError) -> InitialAccessToken {
        guard let permit = RegistrationPermit(stored: try row.json(2)) else { throw row.malformed(2) }
        let issuer = try row.optionalText(10)
        return InitialAccessToken(
            id: InitialAccessTokenID(try row.text(0)), digest: row.bytes(1), permit: permit,
            note: try row.optionalText(3), uses: Int(row.integer(4)), usesLeft: Int(row.integer(5)),
            refusals: Int(row.integer(6)), createdAt: row.time(7), expiresAt: row.time(8),
            issuedBy: try row.optionalText(9).flatMap { AuditActor.Who(kind: $0, id: issuer) })
    }
}
