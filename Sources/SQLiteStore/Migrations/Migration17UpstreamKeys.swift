extension Schema {
    /// Beside the signing keys, in a table of their own, so that none of them is ever published as ours, or signs a token.
    static let upstreamKeys = """
        CREATE TABLE upstream_key (
            position           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
            upstream           TEXT    NOT NULL,
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
        CREATE UNIQUE INDEX upstream_key_in_use ON upstream_key (upstream, alg, status)
            WHERE status IN ('next', 'active');
        CREATE INDEX upstream_key_upstream ON upstream_key (upstream, position);
        CREATE INDEX upstream_key_expires_at ON upstream_key (expires_at) WHERE expires_at IS NOT NULL;
        """
}
