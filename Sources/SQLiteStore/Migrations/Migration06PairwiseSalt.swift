extension Schema {
    static let pairwiseSalt = """
        CREATE TABLE pairwise_salt (
            id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            salt BLOB    NOT NULL CHECK (length(salt) = 32)
        ) STRICT;
        CREATE TRIGGER pairwise_salt_unchanged BEFORE UPDATE ON pairwise_salt
            BEGIN SELECT RAISE(ABORT, 'the pairwise salt stays'); END;
        CREATE TRIGGER pairwise_salt_unreplaced BEFORE INSERT ON pairwise_salt
            WHEN EXISTS (SELECT 1 FROM pairwise_salt)
            BEGIN SELECT RAISE(ABORT, 'the pairwise salt stays'); END;
        CREATE TRIGGER pairwise_salt_kept BEFORE DELETE ON pairwise_salt
            BEGIN SELECT RAISE(ABORT, 'the pairwise salt stays'); END;
        """
}
