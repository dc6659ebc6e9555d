extension Schema {
    /// Who they are at their upstreams is kept for as long as they are users here. Sessions of before began with a password,
    /// whose time is that of the sign-in.
    static let upstreams = """
        CREATE TABLE upstream_link (
            issuer       TEXT    NOT NULL,
            upstream_sub TEXT    NOT NULL,
            sub          TEXT    NOT NULL REFERENCES user (sub) ON DELETE CASCADE,
            created_at   INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL,
            roles        TEXT    NOT NULL,
            attributes   TEXT    NOT NULL,
            checked_at    INTEGER NOT NULL,
            next_check_at INTEGER,
            leased_until  INTEGER NOT NULL,
            sealed_tokens TEXT,
            needs_sign_in INTEGER NOT NULL CHECK (needs_sign_in IN (0, 1)),
            PRIMARY KEY (issuer, upstream_sub)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX upstream_link_sub ON upstream_link (sub);
        CREATE INDEX upstream_link_next_check_at ON upstream_link (issuer, next_check_at)
            WHERE next_check_at IS NOT NULL;

        ALTER TABLE session ADD COLUMN signed_in_at INTEGER;
        ALTER TABLE session ADD COLUMN upstream TEXT;
        ALTER TABLE session ADD COLUMN upstream_issuer TEXT;
        ALTER TABLE session ADD COLUMN upstream_sub TEXT;
        ALTER TABLE session ADD COLUMN upstream_sid TEXT;
        ALTER TABLE authorization_grant ADD COLUMN upstream_issuer TEXT;
        ALTER TABLE authorization_grant ADD COLUMN upstream_sub TEXT;
        CREATE INDEX session_upstream ON session (upstream_issuer, upstream_sid) WHERE upstream_sid IS NOT NULL;
        """
}
