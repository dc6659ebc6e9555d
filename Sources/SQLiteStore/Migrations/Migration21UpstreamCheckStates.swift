extension Schema {
    /// Whether an answer to a link's tokens was lost, and with it what may have come in their place; and whether its user is gone,
    /// and what they had here is being ended.
    static let upstreamCheckStates = """
        ALTER TABLE upstream_link ADD COLUMN may_be_spent INTEGER NOT NULL DEFAULT 0 CHECK (may_be_spent IN (0, 1));
        ALTER TABLE upstream_link ADD COLUMN is_ending INTEGER NOT NULL DEFAULT 0 CHECK (is_ending IN (0, 1));
        """
}
