extension Schema {
    /// Without references: it outlives what it tells of.
    static let auditLog = """
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
}
