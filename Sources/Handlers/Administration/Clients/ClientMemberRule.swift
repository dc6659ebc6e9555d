import JOSE
import OIDCLogic

/// Which members an administrator may write of a client. Registration ignores what it doesn't know (RFC 7591 §2), since an
/// app may be written for another provider; an administrator who misspells one would believe that it counts.
enum ClientMemberRule {
    /// Our own, beside the metadata.
    static let own = ["client_id", "client_secret", "preset", "first_party", "awaits_approval"]
    /// Those that are told, and change nothing: what was read may be sent back as it is.
    static let told = [
        "client_id_issued_at", "client_secret_expires_at", "former_secret_expires_at", "last_used_at", "declared_in",
    ]

    /// Throws ``AdministrationError`` for a member that nobody knows, with the nearest that there is.
    static func check(_ members: [String: JSON]) throws(AdministrationError) {
        guard let other = members.keys.sorted().first(where: { !isKnown($0) }) else { return }
        let question = Nearest.question(other, among: ClientMetadata.memberNames + own)
        throw .invalid(
            "there is no member \"\(other)\" of a client.\(question)"
                + (question.isEmpty ? " Leave it out, since it would be lost" : "")
        ).of(other)
    }

    private static func isKnown(_ name: String) -> Bool {
        ClientMetadata.knows(name) || (own + told).contains { $0.hasSameBytes(as: name) }
    }
}
