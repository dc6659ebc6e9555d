import JOSE
import OIDCLogic

/// What a client makes of itself (RFC 7592 §2.2).
struct ClientUpdate {
    let change: ClientChange
    /// Our own member `rotate_registration_access_token`: it wants another token.
    let rotatesToken: Bool

    private static let ours = [
        "registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at",
    ]
    /// What isn't named stays (§2.2: a server "MAY ignore" an omission): by its default every user would be another to the
    /// client, which it must want in so many words.
    private static let kept = ["subject_type", "sector_identifier_uri"]
    private static let rotation = "rotate_registration_access_token"

    /// Throws what §2.2 forbids a client to send.
    init(_ members: [String: JSON], of client: Client, secret: ClientSecret?) throws(ClientMetadataError) {
        for name in Self.ours where members[name] != nil {
            throw ClientMetadataError(name, "must not be sent back (RFC 7592 section 2.2); leave it out")
        }
        guard let id = members["client_id"]?.stringValue, ClientID(id) == client.id else {
            throw ClientMetadataError("client_id", "must be \"\(client.id)\", the client's own (RFC 7592 section 2.2)")
        }
        if let sent = members["client_secret"], sent != .null {
            guard let text = sent.stringValue, let secret, secret.matches(text) else {
                throw ClientMetadataError(
                    "client_secret", "is not the client's; leave it out, since it can't be chosen here")
            }
        }
        switch members[Self.rotation] {
        case .bool(let flag): rotatesToken = flag
        case nil, .null: rotatesToken = false
        case let other?:
            throw ClientMetadataError(Self.rotation, "is \(other.shown); it must be true or false")
        }
        var change = ClientChange()
        for name in (client.metadata.json.objectValue ?? [:]).keys where !Self.kept.contains(name) {
            change.metadata[name] = .null
        }
        let others = ["client_id", "client_secret", "preset", "first_party", "awaits_approval", Self.rotation]
        for (name, value) in members where !others.contains(name) { change.metadata[name] = value }
        self.change = change
    }
}
