extension Schema {
    /// Of users and sessions they name no rows: they outlive both.
    static let logoutDeliveries = """
        CREATE TABLE session_client (
            session_id TEXT NOT NULL REFERENCES session (id) ON DELETE CASCADE,
            client_id  TEXT NOT NULL,
            PRIMARY KEY (session_id, client_id)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO session_client (session_id, client_id)
            SELECT DISTINCT session_id, client_id FROM authorization_grant
            WHERE session_id IN (SELECT id FROM session);

        -- A client that something is to be sent to.
        CREATE TABLE logout_receiver (
            client_id    TEXT    NOT NULL PRIMARY KEY REFERENCES client (client_id) ON DELETE CASCADE,
            due_at       INTEGER NOT NULL,
            -- Until then one sender has it to itself.
            leased_until INTEGER NOT NULL,
            -- How often in a row it could not be reached.
            outages      INTEGER NOT NULL,
            fault        TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX logout_receiver_due_at ON logout_receiver (due_at);

        CREATE TABLE logout_delivery (
            position    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            client_id   TEXT    NOT NULL REFERENCES client (client_id) ON DELETE CASCADE,
            sub         TEXT    NOT NULL,
            sid         TEXT    NOT NULL,
            uri         TEXT    NOT NULL,
            created_at  INTEGER NOT NULL,
            attempts    INTEGER NOT NULL,
            refusals    INTEGER NOT NULL DEFAULT 0,
            fault       TEXT,
            -- One of the two is null.
            next_at     INTEGER,
            given_up_at INTEGER,
            expires_at  INTEGER NOT NULL,
            CHECK ((next_at IS NULL) != (given_up_at IS NULL))
        ) STRICT;
        CREATE INDEX logout_delivery_client_id ON logout_delivery (client_id, next_at);
        CREATE INDEX logout_delivery_expires_at ON logout_delivery (expires_at);
        """
}
