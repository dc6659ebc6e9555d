/// Where the users of an app may sign in.
package struct SignInPlaces: Sendable, Equatable {
    /// Of upstreams, or ``here``. None: anywhere.
    package let names: [String]

    /// By a password of here. No upstream is called so.
    package static let here = "local"
    package static let anywhere = Self([])

    package init(_ names: [String]) { self.names = names }

    /// - Parameter upstream: nil: by a password here.
    package func admit(_ upstream: UpstreamName?) -> Bool {
        names.isEmpty || names.contains { $0.hasSameBytes(as: upstream?.value ?? Self.here) }
    }
}

extension ClientMetadataMembers {
    func upstreams() throws(ClientMetadataError) -> SignInPlaces {
        SignInPlaces(
            try strings("upstreams").map { (text: String) throws(ClientMetadataError) in
                guard UpstreamName(configured: text) != nil else {
                    throw ClientMetadataError(
                        "upstreams",
                        "has \"\(text)\"; each must be the name of an upstream, or \(SignInPlaces.here) for a password here"
                    )
                }
                return text
            })
    }
}
