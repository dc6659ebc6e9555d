import JOSE

/// What lets a client read, change and remove itself (RFC 7592 §2).
package struct ClientRegistration: Sendable, Equatable {
    /// What its `registration_client_uri` ends in. Not the client's id: that may have any characters.
    package let id: RegistrationID
    package let clientID: ClientID
    /// Of the registration access token.
    package let digest: [UInt8]
    /// Of the one that was offered in its place. It takes it when it is first used; until then the old one serves, since
    /// the answer that carried the new one may have been lost.
    package let nextDigest: [UInt8]?
    /// What it was registered by binds its changes too.
    package let permit: RegistrationPermit

    package init(
        id: RegistrationID, clientID: ClientID, digest: [UInt8], nextDigest: [UInt8]? = nil, permit: RegistrationPermit
    ) {
        self.id = id
        self.clientID = clientID
        self.digest = digest
        self.nextDigest = nextDigest
        self.permit = permit
    }

    package enum Match: Sendable {
        case current, next
    }

    /// Nil: it is another's token.
    package func match(_ token: RegistrationToken) -> Match? {
        let presented = token.digest
        if constantTimeEqual(presented, digest) { return .current }
        if let nextDigest, constantTimeEqual(presented, nextDigest) { return .next }
        return nil
    }
}

package enum RegistrationIDKind {}
package typealias RegistrationID = Identifier<RegistrationIDKind>
