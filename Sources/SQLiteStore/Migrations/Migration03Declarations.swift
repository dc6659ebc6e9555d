extension Schema {
    static let declarations = """
        -- Which file declares what; id is the key of the kind's own table.
        CREATE TABLE declaration (
            kind TEXT NOT NULL,
            id   TEXT NOT NULL,
            file TEXT NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
        CREATE TRIGGER declaration_added AFTER INSERT ON declaration
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER declaration_changed AFTER UPDATE ON declaration
            BEGIN UPDATE generation SET value = value + 1; END;
        CREATE TRIGGER declaration_removed AFTER DELETE ON declaration
            BEGIN UPDATE generation SET value = value + 1; END;
        -- Also of what goes with something else, by a foreign key: what is made later by the same name is no file's.
        CREATE TRIGGER scope_undeclared AFTER DELETE ON scope
            BEGIN DELETE FROM declaration WHERE kind = 'scope' AND id = OLD.name; END;
        CREATE TRIGGER role_undeclared AFTER DELETE ON role
            BEGIN DELETE FROM declaration WHERE kind = 'role' AND id = OLD.id; END;
        CREATE TRIGGER client_undeclared AFTER DELETE ON client
            BEGIN DELETE FROM declaration WHERE kind = 'client' AND id = OLD.client_id; END;
        CREATE TRIGGER user_group_undeclared AFTER DELETE ON user_group
            BEGIN DELETE FROM declaration WHERE kind = 'group' AND id = OLD.name; END;
        CREATE TRIGGER custom_claim_undeclared AFTER DELETE ON custom_claim
            BEGIN DELETE FROM declaration WHERE kind = 'claim' AND id = OLD.id; END;
        """
}
