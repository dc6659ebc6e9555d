import FCGIBridge
import JOSE

/// What tells one state of a thing from another (RFC 9110 §8.8.3): a digest of what is shown of it.
struct EntityTag: Equatable {
    let text: String

    /// - Parameter version: of the thing, where not all of it is shown: a password and a secret count as well.
    init(of json: JSON, version: Int64 = 0) {
        let state = JSON.array([json, .integer(version)]).serialized()
        text = "\"\(Base64URL.encode(Digest.sha256(state).prefix(15)))\""
    }
}

extension AdministrationCall {
    /// RFC 9110 §13.1.1: a change is made of the state that its author has seen, or not at all.
    ///
    /// Throws ``AdministrationProblem``: 428 where the author doesn't say (RFC 6585 §3), 412 where it has changed since.
    func requireMatch(_ current: EntityTag) throws {
        guard let header = request.header("If-Match") else {
            throw AdministrationProblem(
                .preconditionRequired,
                "If-Match is missing: send the ETag that you were shown, so that you overwrite nobody's change, or * to "
                    + "overwrite any")
        }
        try check(header, current)
    }

    /// The same, where it need not be said.
    func requireMatchIfSaid(_ current: EntityTag) throws {
        if let header = request.header("If-Match") { try check(header, current) }
    }

    private func check(_ header: String, _ current: EntityTag) throws {
        // RFC 9110 §5.6.1.2: a list may have white space around its commas. "*" stands alone.
        let tags = header.utf8.split(separator: UInt8(ascii: ",")).map { tag in
            tag.drop(while: Self.isSpace).reversed().drop(while: Self.isSpace).reversed()
        }
        let accepts = { (text: String) in tags.contains { $0.elementsEqual(text.utf8) } }
        guard accepts(current.text) || (tags.count == 1 && accepts("*")) else {
            throw AdministrationProblem(
                .preconditionFailed, "it has changed since you looked; read it again, and decide again")
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
