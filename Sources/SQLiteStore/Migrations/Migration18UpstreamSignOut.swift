extension Schema {
    /// What a sign-out at the upstream names the session by.
    static let upstreamSignOut = """
        ALTER TABLE session ADD COLUMN sealed_logout_hint TEXT;
        """
}
