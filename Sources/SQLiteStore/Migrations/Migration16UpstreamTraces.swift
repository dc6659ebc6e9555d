extension Schema {
    /// What is told of a sign-in that an administrator wants to see, for a quarter of an hour.
    static let upstreamTraces = """
        CREATE TABLE upstream_trace (
            upstream   TEXT    NOT NULL PRIMARY KEY,
            id         TEXT    NOT NULL UNIQUE,
            digest     BLOB    NOT NULL UNIQUE,
            started_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            begun_at   INTEGER,
            ended_at   INTEGER,
            steps      TEXT    NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX upstream_trace_expires_at ON upstream_trace (expires_at);
        """
}
