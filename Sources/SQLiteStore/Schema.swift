import OIDCLogic

/// The tables, as numbered migrations. One that has been released is never changed: add another.
///
/// Tables are STRICT, columns are named as in the RFCs, times are whole seconds since 1970.
enum Schema {
    /// In `PRAGMA application_id`: "Pstn". Another program's database is refused.
    static let applicationID: Int64 = 0x5073_746E

    static let migrations = [
        """
        CREATE TABLE generation (
            id    INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            value INTEGER NOT NULL
        ) STRICT;
        INSERT INTO generation (id, value) VALUES (1, 1);

        CREATE TABLE client (
            client_id           TEXT    NOT NULL PRIMARY KEY,
            version             INTEGER NOT NULL,
            metadata            TEXT    NOT NULL,
            sealed_secret       TEXT,
            preset              TEXT    NOT NULL,
            is_first_party      INTEGER NOT NULL CHECK (is_first_party IN (0, 1)),
            client_id_issued_at INTEGER NOT NULL,
            updated_at          INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE client_origin (
            origin    TEXT NOT NULL,
            client_id TEXT NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
            PRIMARY KEY (origin, client_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX client_origin_client_id ON client_origin (client_id);
        -- A claim of no client is one of all.
        CREATE TABLE custom_claim (
            id           TEXT    NOT NULL PRIMARY KEY,
            version      INTEGER NOT NULL,
            name         TEXT    NOT NULL,
            client_id    TEXT    REFERENCES client (client_id) ON DELETE CASCADE,
            source       TEXT    NOT NULL,
            scope        TEXT,
            destinations TEXT,
            is_required  INTEGER NOT NULL CHECK (is_required IN (0, 1)),
            created_at   INTEGER NOT NULL,
            updated_at   INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX custom_claim_client_id ON custom_claim (client_id, name) WHERE client_id IS NOT NULL;
        CREATE UNIQUE INDEX custom_claim_global ON custom_claim (name) WHERE client_id IS NULL;

        CREATE TABLE user (
            sub           TEXT    NOT NULL PRIMARY KEY,
            version       INTEGER NOT NULL,
            username      TEXT    NOT NULL UNIQUE,
            password_hash TEXT,
            is_disabled   INTEGER NOT NULL CHECK (is_disabled IN (0, 1)),
            attributes    TEXT    NOT NULL,
            created_at    INTEGER NOT NULL,
            updated_at    INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE scope (
            name        TEXT NOT NULL PRIMARY KEY,
            description TEXT
        ) STRICT;

        -- The id is NAME, or NAME@CLIENT for that of an app.
        CREATE TABLE role (
            id          TEXT NOT NULL PRIMARY KEY,
            name        TEXT NOT NULL,
            client_id   TEXT REFERENCES client (client_id) ON DELETE CASCADE,
            description TEXT
        ) STRICT;
        CREATE INDEX role_name ON role (name);
        CREATE INDEX role_client_id ON role (client_id);

        CREATE TABLE user_group (
            name        TEXT    NOT NULL PRIMARY KEY,
            version     INTEGER NOT NULL,
            description TEXT
        ) STRICT;

        CREATE TABLE group_role (
            user_group TEXT NOT NULL REFERENCES user_group (name) ON DELETE CASCADE,
            role       TEXT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
            PRIMARY KEY (user_group, role)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX group_role_role ON group_role (role);

        CREATE TABLE user_role (
            sub  TEXT NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            role TEXT NOT NULL REFERENCES role (id) ON DELETE CASCADE,
            PRIMARY KEY (sub, role)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX user_role_role ON user_role (role);

        CREATE TABLE user_group_member (
            sub        TEXT NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            user_group TEXT NOT NULL REFERENCES user_group (name) ON DELETE CASCADE,
            PRIMARY KEY (sub, user_group)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX user_group_member_user_group ON user_group_member (user_group);

        CREATE TABLE consent (
            sub        TEXT    NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            client_id  TEXT    NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
            scope      TEXT    NOT NULL,
            granted_at INTEGER NOT NULL,
            PRIMARY KEY (sub, client_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consent_client_id ON consent (client_id);

        CREATE TABLE session (
            id           TEXT    NOT NULL PRIMARY KEY,
            digest       BLOB    NOT NULL UNIQUE,
            sub          TEXT    NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            auth_time    INTEGER NOT NULL,
            amr          TEXT    NOT NULL,
            acr          TEXT    NOT NULL,
            created_at   INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL,
            expires_at   INTEGER NOT NULL,
            sid_key      BLOB    NOT NULL
        ) STRICT;
        CREATE INDEX session_sub ON session (sub);
        CREATE INDEX session_expires_at ON session (expires_at);

        CREATE TABLE spent_attempt (
            id         TEXT    NOT NULL PRIMARY KEY,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX spent_attempt_expires_at ON spent_attempt (expires_at);

        -- The digest of a client and the jti of an assertion that it used.
        CREATE TABLE spent_assertion (
            digest     BLOB    NOT NULL PRIMARY KEY,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX spent_assertion_expires_at ON spent_assertion (expires_at);

        CREATE TABLE parked_value (
            digest     BLOB    NOT NULL PRIMARY KEY,
            sealed     TEXT    NOT NULL,
            address    TEXT    NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX parked_value_address ON parked_value (address, expires_at);
        CREATE INDEX parked_value_expires_at ON parked_value (expires_at);

        -- Without references to client and session: it outlives both, as the record that a code was used.
        -- By position, and not by id: rows that are added together lie together, in the indexes as well, so a commit
        -- writes a few pages, not a few for each row.
        CREATE TABLE authorization_grant (
            position   INTEGER NOT NULL PRIMARY KEY,
            id         TEXT    NOT NULL UNIQUE,
            client_id  TEXT    NOT NULL,
            sub        TEXT    NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            session_id TEXT    NOT NULL,
            sid        TEXT    NOT NULL,
            auth_time  INTEGER NOT NULL,
            amr        TEXT    NOT NULL,
            acr        TEXT    NOT NULL,
            request    TEXT    NOT NULL,
            scope      TEXT    NOT NULL,
            resources  TEXT    NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            is_revoked INTEGER NOT NULL CHECK (is_revoked IN (0, 1)),
            claims     TEXT    NOT NULL,
            -- Of the refresh token that lives; null where there is none.
            refresh_digest      BLOB,
            refresh_expires_at  INTEGER,
            -- Of the one before: all are null, or none is.
            predecessor_digest  BLOB,
            predecessor_salt    BLOB,
            predecessor_used_at INTEGER,
            predecessor_request BLOB
        ) STRICT;
        CREATE INDEX authorization_grant_client_id ON authorization_grant (client_id) WHERE is_revoked = 0;
        CREATE INDEX authorization_grant_sub ON authorization_grant (sub);
        CREATE INDEX authorization_grant_expires_at ON authorization_grant (expires_at);
        CREATE INDEX authorization_grant_predecessor_used_at ON authorization_grant (predecessor_used_at)
            WHERE predecessor_used_at IS NOT NULL;

        CREATE TABLE revoked_token (
            jti        TEXT    NOT NULL PRIMARY KEY,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX revoked_token_expires_at ON revoked_token (expires_at);

        -- A ring: the oldest go first, by position.
        CREATE TABLE refusal (
            position   INTEGER NOT NULL PRIMARY KEY,
            id         TEXT    NOT NULL UNIQUE,
            at         INTEGER NOT NULL,
            content    TEXT    NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX refusal_expires_at ON refusal (expires_at);

        CREATE TABLE signing_key (
            position           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            kid                TEXT    NOT NULL UNIQUE,
            alg                TEXT    NOT NULL,
            status             TEXT    NOT NULL,
            public_jwk         TEXT    NOT NULL,
            sealed_private_jwk TEXT    NOT NULL,
            created_at         INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE failed_attempt (
            key        TEXT    NOT NULL PRIMARY KEY,
            count      INTEGER NOT NULL,
            last_at    INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX failed_attempt_expires_at ON failed_attempt (expires_at);

        -- Triggers, so that no change can forget it, not even one by hand.
        CREATE TRIGGER client_added AFTER INSERT ON client
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER client_changed AFTER UPDATE ON client
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER client_removed AFTER DELETE ON client
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER custom_claim_added AFTER INSERT ON custom_claim
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER custom_claim_changed AFTER UPDATE ON custom_claim
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER custom_claim_removed AFTER DELETE ON custom_claim
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER signing_key_added AFTER INSERT ON signing_key
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER signing_key_changed AFTER UPDATE ON signing_key
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER signing_key_removed AFTER DELETE ON signing_key
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER scope_added AFTER INSERT ON scope
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER scope_changed AFTER UPDATE ON scope
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER scope_removed AFTER DELETE ON scope
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER role_added AFTER INSERT ON role
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER role_changed AFTER UPDATE ON role
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER role_removed AFTER DELETE ON role
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER user_group_added AFTER INSERT ON user_group
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER user_group_changed AFTER UPDATE ON user_group
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER user_group_removed AFTER DELETE ON user_group
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER group_role_added AFTER INSERT ON group_role
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER group_role_changed AFTER UPDATE ON group_role
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER group_role_removed AFTER DELETE ON group_role
            BEGIN UPDATE generation SET value = value + 1; END;
        """,
        """
        -- By position, to list the newest first.
        CREATE TABLE initial_access_token (
            position    INTEGER NOT NULL PRIMARY KEY,
            id          TEXT    NOT NULL UNIQUE,
            digest      BLOB    NOT NULL UNIQUE,
            permit      TEXT    NOT NULL,
            note        TEXT,
            uses        INTEGER NOT NULL,
            uses_left   INTEGER NOT NULL,
            refusals    INTEGER NOT NULL,
            created_at  INTEGER NOT NULL,
            valid_until INTEGER NOT NULL,
            -- Of the row, which tells of the token for a while after its end.
            expires_at  INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX initial_access_token_expires_at ON initial_access_token (expires_at);

        CREATE TABLE client_registration (
            id          TEXT NOT NULL PRIMARY KEY,
            client_id   TEXT NOT NULL UNIQUE REFERENCES client (client_id) ON DELETE CASCADE,
            digest      BLOB NOT NULL,
            next_digest BLOB,
            permit      TEXT NOT NULL
        ) STRICT;

        CREATE TABLE one_time_link (
            digest     BLOB    NOT NULL PRIMARY KEY,
            sub        TEXT    NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX one_time_link_sub ON one_time_link (sub);
        CREATE INDEX one_time_link_expires_at ON one_time_link (expires_at);

        -- The secret that another has taken the place of, while both are taken: both are null, or none is.
        ALTER TABLE client ADD COLUMN former_sealed_secret TEXT;
        ALTER TABLE client ADD COLUMN former_secret_expires_at INTEGER;

        DROP INDEX session_sub;
        CREATE INDEX session_sub ON session (sub, created_at DESC, id);

        -- What lists are searched by, beside the keys: copies out of the JSON.
        ALTER TABLE client ADD COLUMN client_name TEXT COLLATE NOCASE;
        ALTER TABLE user ADD COLUMN name TEXT COLLATE NOCASE;
        ALTER TABLE user ADD COLUMN email TEXT COLLATE NOCASE;
        UPDATE client SET client_name = metadata ->> 'client_name';
        UPDATE user SET name = attributes ->> 'name', email = attributes ->> 'email';
        CREATE INDEX client_client_name ON client (client_name, client_id);
        CREATE INDEX user_name ON user (name, username);
        CREATE INDEX user_email ON user (email, username);
        """,
        """
        -- Which file declares what; id is the key of the kind's own table.
        CREATE TABLE declaration (
            kind TEXT NOT NULL,
            id   TEXT NOT NULL,
            file TEXT NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER declaration_added AFTER INSERT ON declaration
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER declaration_changed AFTER UPDATE ON declaration
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER declaration_removed AFTER DELETE ON declaration
            BEGIN UPDATE generation SET value = value + 1; END;
        -- Also of what goes with something else, by a foreign key: what is made later by the same name is no file's.
        CREATE TRIGGER scope_undeclared AFTER DELETE ON scope
            BEGIN DELETE FROM declaration WHERE kind = 'scope' AND id = OLD.name; END;
        CREATE TRIGGER role_undeclared AFTER DELETE ON role
            BEGIN DELETE FROM declaration WHERE kind = 'role' AND id = OLD.id; END;
        CREATE TRIGGER client_undeclared AFTER DELETE ON client
            BEGIN DELETE FROM declaration WHERE kind = 'client' AND id = OLD.client_id; END;
        CREATE TRIGGER user_group_undeclared AFTER DELETE ON user_group
            BEGIN DELETE FROM declaration WHERE kind = 'group' AND id = OLD.name; END;
        CREATE TRIGGER custom_claim_undeclared AFTER DELETE ON custom_claim
            BEGIN DELETE FROM declaration WHERE kind = 'claim' AND id = OLD.id; END;
        """,
        auditLog,
    ]

    /// Without references: it outlives what it tells of.
    private static let auditLog = """
        CREATE TABLE audit (
            position   INTEGER NOT NULL PRIMARY KEY,
            at         INTEGER NOT NULL,
            event      TEXT    NOT NULL,
            actor_kind TEXT    NOT NULL,
            actor      TEXT,
            via        TEXT    NOT NULL,
            address    TEXT,
            request_id TEXT,
            object     TEXT    NOT NULL,
            client_id  TEXT,
            sub        TEXT,
            before     TEXT,
            after      TEXT
        ) STRICT;
        CREATE INDEX audit_at ON audit (at);
        CREATE INDEX audit_sub ON audit (sub, at) WHERE sub IS NOT NULL;
        CREATE INDEX audit_client_id ON audit (client_id, at) WHERE client_id IS NOT NULL;
        -- Only what the two above don't find: who signs in costs nothing here.
        CREATE INDEX audit_actor ON audit (actor_kind, actor, at) WHERE actor IS NOT sub AND actor IS NOT client_id;
        -- Without what most rows are of.
        CREATE INDEX audit_event ON audit (event, at)
            WHERE event NOT IN ('session.started', 'session.renewed', 'session.ended');

        -- Holds a row within the transaction that removes what is older, and none otherwise.
        CREATE TABLE audit_pruning (
            until INTEGER NOT NULL
        ) STRICT;

        CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_unreplaced BEFORE INSERT ON audit
            WHEN EXISTS (SELECT 1 FROM audit WHERE position = NEW.position)
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        CREATE TRIGGER audit_kept BEFORE DELETE ON audit
            WHEN NOT EXISTS (SELECT 1 FROM audit_pruning WHERE OLD.at <= until)
            BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
        """

    static func version(of database: Database) throws(StoreError) -> Int {
        Int(try database.first("PRAGMA user_version", read: { $0.integer(0) }) ?? 0)
    }

    /// Throws ``StoreError/broken(_:)`` if this program can't serve the database: it is another program's, or a newer
    /// release has changed it.
    static func check(_ database: Database) throws(StoreError) {
        let application = try database.first("PRAGMA application_id", read: { $0.integer(0) })
        let version = try version(of: database)
        let tables = try database.first("SELECT count(*) FROM sqlite_schema", read: { $0.integer(0) })
        guard application == applicationID || (application == 0 && tables == 0) else {
            throw .broken("the file is a database of another program")
        }
        guard version <= migrations.count else {
            throw .broken(
                "the database has schema \(version), written by a newer release; this one knows \(migrations.count): "
                    + "install the newer release, or restore a backup from before")
        }
    }

    /// Brings the database up to date, a transaction for each step. The caller holds the lock.
    static func migrate(_ database: Database) throws(StoreError) {
        for (number, script) in migrations.enumerated().dropFirst(try version(of: database)) {
            do throws(StoreError) {
                try database.run("BEGIN IMMEDIATE")
                try database.runScript(script)
                try database.run("PRAGMA application_id = \(applicationID)")
                try database.run("PRAGMA user_version = \(number + 1)")
                try database.run("COMMIT")
            } catch {
                if database.isInTransaction { try? database.runScript("ROLLBACK") }
                throw error
            }
        }
    }
}
