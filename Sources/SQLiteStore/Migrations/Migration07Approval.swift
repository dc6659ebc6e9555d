extension Schema {
    static let approval = """
        ALTER TABLE client ADD COLUMN approval TEXT NOT NULL DEFAULT 'given' CHECK (approval IN ('given', 'awaited'));
        CREATE INDEX client_awaited ON client (client_id_issued_at, client_id) WHERE approval = 'awaited';
        """
}
