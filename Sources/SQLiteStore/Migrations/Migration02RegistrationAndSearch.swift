extension Schema {
    static let registrationAndSearch = """
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
        """
}
