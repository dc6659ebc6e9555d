extension Schema {
    static let tokenServiceActivity = """
        -- What the token service did, hour by hour.
        CREATE TABLE token_service_activity (
            hour       INTEGER NOT NULL,
            event      TEXT    NOT NULL,
            count      INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (hour, event)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX token_service_activity_expires_at ON token_service_activity (expires_at);
        """
}
