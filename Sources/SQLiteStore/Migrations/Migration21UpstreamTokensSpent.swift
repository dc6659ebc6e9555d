extension Schema {
    /// Whether an answer to a link's tokens was lost, and with it what may have come in their place.
    static let upstreamTokensSpent = """
        ALTER TABLE upstream_link ADD COLUMN may_be_spent INTEGER NOT NULL DEFAULT 0 CHECK (may_be_spent IN (0, 1));
        """
}
