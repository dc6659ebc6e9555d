extension Schema {
    static let firstTables = """
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
        """
}
