import JOSE

/// What policy and claims may know of the request that a user signed in for. It stays with the grant: at code exchange
/// and refresh it is still that of the sign-in.
package struct SignInRequest: Sendable, Equatable {
    /// The browser's network address; nil where none is known, as of a sign-in that is only thought of.
    package let address: String?
    package let at: Timestamp
    /// What the client or the browser chose, by its parameter's name: nothing to build a decision on alone.
    package let untrusted: [String: JSON]

    /// In bytes, of one member. A longer one is left out, not cut: an expression then sees nothing, and decides against.
    private static let limit = 256

    package init(address: String?, at: Timestamp, untrusted: [String: JSON] = [:]) {
        self.address = address
        self.at = at
        self.untrusted = untrusted
    }

    /// - Parameter chosen: parameters of the authorization request; nil for one that didn't come.
    package init(address: String?, at: Timestamp, choosing chosen: [String: String?]) {
        let kept = chosen.compactMapValues { $0 }.filter { !$0.value.isEmpty && $0.value.utf8.count <= Self.limit }
        self.init(address: address, at: at, untrusted: kept.mapValues(JSON.string))
    }
}

extension SignInRequest {
    /// For a sealed value or the store.
    package var json: JSON {
        var object: [String: JSON] = ["t": .integer(at.seconds)]
        object["a"] = address.map(JSON.string)
        if !untrusted.isEmpty { object["u"] = .object(untrusted) }
        return .object(object)
    }

    /// Nil for what ``json`` never wrote.
    package init?(stored json: JSON) {
        guard let address = json["a"]?.stringValue, let at = json["t"]?.integerValue else { return nil }
        self.init(address: address, at: Timestamp(at), untrusted: json["u"]?.objectValue ?? [:])
    }
}
