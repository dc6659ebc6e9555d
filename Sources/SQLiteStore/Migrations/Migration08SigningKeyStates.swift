extension Schema {
    /// A signing key has the times of its state and no others, and of one algorithm one key signs and one is next.
    ///
    /// Keys of before were made to sign at once. How long their tokens live isn't known: at most as long as can be
    /// configured, 30 days. Where two were active, the newer one signed.
    static let signingKeyStates = """
        CREATE TABLE signing_key_with_state (
            position           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            kid                TEXT    NOT NULL UNIQUE,
            alg                TEXT    NOT NULL,
            status             TEXT    NOT NULL,
            public_jwk         TEXT    NOT NULL,
            sealed_private_jwk TEXT,
            created_at         INTEGER NOT NULL,
            active_since       INTEGER,
            longest_token      INTEGER,
            ended_at           INTEGER,
            published_until    INTEGER,
            expires_at         INTEGER,
            CHECK (
                (sealed_private_jwk IS NOT NULL) = (status IN ('next', 'active'))
                AND (active_since IS NOT NULL) = (status IN ('active', 'retired'))
                AND (longest_token IS NOT NULL) = (status = 'active')
                AND (ended_at IS NOT NULL) = (status IN ('retired', 'revoked'))
                AND (published_until IS NOT NULL) = (status = 'retired')
                AND (expires_at IS NOT NULL) = (status IN ('retired', 'revoked'))
                AND status IN ('next', 'active', 'retired', 'revoked')
            )
        ) STRICT;

        INSERT INTO signing_key_with_state (
            position, kid, alg, status, public_jwk, sealed_private_jwk, created_at, active_since, longest_token, ended_at,
            published_until, expires_at)
        SELECT position, kid, alg, status, public_jwk,
            iif(status = 'active', sealed_private_jwk, NULL), created_at, created_at,
            iif(status = 'active', 30 * 86400, NULL), iif(status = 'active', NULL, unixepoch()),
            iif(status = 'active', NULL, unixepoch() + 31 * 86400),
            iif(status = 'active', NULL, unixepoch() + 366 * 86400)
        FROM (
            SELECT position, kid, alg, public_jwk, sealed_private_jwk, created_at,
                iif(
                    status = 'active'
                        AND row_number() OVER (PARTITION BY alg, status ORDER BY created_at DESC, position DESC) = 1,
                    'active', 'retired') AS status
            FROM signing_key WHERE status IN ('active', 'retired'));
        DROP TABLE signing_key;
        ALTER TABLE signing_key_with_state RENAME TO signing_key;

        CREATE UNIQUE INDEX signing_key_in_use ON signing_key (alg, status) WHERE status IN ('next', 'active');
        CREATE INDEX signing_key_expires_at ON signing_key (expires_at) WHERE expires_at IS NOT NULL;
        CREATE TRIGGER signing_key_added AFTER INSERT ON signing_key
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER signing_key_changed AFTER UPDATE ON signing_key
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER signing_key_removed AFTER DELETE ON signing_key
            BEGIN UPDATE generation SET value = value + 1; END;
        UPDATE generation SET value = value + 1;
        """
}
