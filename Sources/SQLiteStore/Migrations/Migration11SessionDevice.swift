extension Schema {
    /// In the clear, unlike what lets somebody in: it must outlive every key file (see docs/security.md).
    static let sessionDevice = """
        ALTER TABLE session ADD COLUMN is_remembered INTEGER NOT NULL DEFAULT 0 CHECK (is_remembered IN (0, 1));
        ALTER TABLE session ADD COLUMN address TEXT;
        ALTER TABLE session ADD COLUMN user_agent TEXT;
        """
}
