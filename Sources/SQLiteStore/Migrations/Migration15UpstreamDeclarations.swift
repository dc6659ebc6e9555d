extension Schema {
    /// Upstreams that administrators add, and how it goes with all of them. `upstream_health` has a row for each, and what
    /// is counted goes hour by hour.
    static let upstreamDeclarations = """
        CREATE TABLE upstream (
            name          TEXT    NOT NULL PRIMARY KEY,
            version       INTEGER NOT NULL,
            members       TEXT    NOT NULL,
            sealed_secret TEXT,
            created_at    INTEGER NOT NULL,
            updated_at    INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER upstream_added AFTER INSERT ON upstream
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER upstream_changed AFTER UPDATE ON upstream
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER upstream_removed AFTER DELETE ON upstream
            BEGIN UPDATE generation SET value = value + 1; END;

        CREATE TABLE upstream_health (
            upstream          TEXT    NOT NULL PRIMARY KEY,
            signed_in_at      INTEGER,
            failed_at         INTEGER,
            failure           TEXT,
            unreachable_since INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE upstream_activity (
            hour       INTEGER NOT NULL,
            upstream   TEXT    NOT NULL,
            sign_ins   INTEGER NOT NULL,
            failures   INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (hour, upstream)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX upstream_activity_expires_at ON upstream_activity (expires_at);
        """
}
