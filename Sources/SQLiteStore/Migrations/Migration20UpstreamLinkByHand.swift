extension Schema {
    /// Links that no rule of the upstream's made, and none ends. Of those from before, the audit log knows.
    static let upstreamLinkByHand = """
        ALTER TABLE upstream_link ADD COLUMN is_by_hand INTEGER NOT NULL DEFAULT 0 CHECK (is_by_hand IN (0, 1));
        UPDATE upstream_link SET is_by_hand = 1 WHERE EXISTS (
            SELECT 1 FROM audit
            WHERE audit.event = 'user.linked' AND audit.sub = upstream_link.sub
                AND audit.after ->> 'issuer' = upstream_link.issuer
                AND audit.after ->> 'upstream_sub' = upstream_link.upstream_sub);
        -- By which a sign-out there finds them that names a session alone.
        CREATE INDEX upstream_link_sid ON upstream_link (issuer, upstream_sid) WHERE upstream_sid IS NOT NULL;
        """
}
