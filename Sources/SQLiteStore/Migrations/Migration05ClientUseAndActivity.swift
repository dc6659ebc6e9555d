extension Schema {
    static let clientUseAndActivity = """
        -- Changes nothing that is cached, and no version.
        ALTER TABLE client ADD COLUMN last_used_at INTEGER;
        CREATE INDEX client_unused ON client (coalesce(last_used_at, client_id_issued_at), client_id);
        DROP TRIGGER client_changed;
        CREATE TRIGGER client_changed AFTER UPDATE OF version ON client
            BEGIN UPDATE generation SET value = value + 1; END;

        -- What is counted for longer than refusals and sessions are kept. Hours are seconds, as all times.
        CREATE TABLE activity (
            hour            INTEGER NOT NULL PRIMARY KEY,
            failed_sign_ins INTEGER NOT NULL,
            -- The most that lived at once.
            sessions        INTEGER NOT NULL,
            expires_at      INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX activity_expires_at ON activity (expires_at);
        """
}
