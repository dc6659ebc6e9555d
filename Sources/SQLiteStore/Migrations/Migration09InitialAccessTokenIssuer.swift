extension Schema {
    static let initialAccessTokenIssuer = """
        ALTER TABLE initial_access_token ADD COLUMN issued_by_kind TEXT;
        ALTER TABLE initial_access_token ADD COLUMN issued_by TEXT;
        UPDATE initial_access_token SET (issued_by_kind, issued_by) = (
            SELECT actor_kind, actor FROM audit
            WHERE event = 'registration_token.issued' AND object = initial_access_token.id);
        """
}
