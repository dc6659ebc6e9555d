extension Schema {
    /// The cookie's digest, as the ended session had it.
    static let frontchannelLogout = """
        CREATE TABLE frontchannel_logout (
            position   INTEGER NOT NULL PRIMARY KEY,
            digest     BLOB    NOT NULL,
            client_id  TEXT    NOT NULL,
            sid        TEXT    NOT NULL,
            uri        TEXT    NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX frontchannel_logout_digest ON frontchannel_logout (digest, client_id);
        CREATE INDEX frontchannel_logout_expires_at ON frontchannel_logout (expires_at);
        """
}
