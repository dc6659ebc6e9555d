extension Schema {
    /// Which session there the tokens of a link are of, and whether that one was signed out: then their end is no news.
    static let upstreamSignedOut = """
        ALTER TABLE upstream_link ADD COLUMN upstream_sid TEXT;
        ALTER TABLE upstream_link ADD COLUMN is_signed_out INTEGER NOT NULL DEFAULT 0 CHECK (is_signed_out IN (0, 1));
        """
}
