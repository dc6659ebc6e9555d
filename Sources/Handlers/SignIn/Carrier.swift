import JOSE
import OIDCLogic

/// Takes a sealed value through a URL. One that is too long for a request line or a header is parked in the store for
/// a while, and its digest travels instead.
struct Carrier {
    /// In bytes: a value up to this goes by itself.
    static let limit = 1500
    /// In seconds: as long as a page of ours, or an app's way back, may take.
    static let lifetime: Int64 = 600
    /// Parked values that one network may have at once: a company of some size, whose people all come in the morning.
    private static let perNetwork = 1000
    private static let ofSignedIn = 20_000
    /// No base64url begins so.
    private static let mark = "~"

    let store: any Store
    let now: Clock

    /// - Parameter room: how many bytes the URL leaves for it.
    /// - Parameter isOfSomeoneSignedIn: a code is one's who proved who they are, of whom there may be many behind one
    ///   address.
    /// - Parameter lifetime: in seconds, for which a parked one is kept.
    func carry(
        _ sealed: String, in room: Int = limit, from address: String, isOfSomeoneSignedIn: Bool = false,
        for lifetime: Int64 = lifetime
    ) throws -> String {
        guard sealed.utf8.count > min(room, Self.limit) else { return sealed }
        let digest = Digest.sha256(Array(sealed.utf8))
        let isParked = try store.park(
            sealed, digest: digest, address: ThrottleKey.network(of: address), until: now() + lifetime,
            now: now(), limit: isOfSomeoneSignedIn ? Self.ofSignedIn : Self.perNetwork)
        guard isParked else {
            throw OAuthError.tooManyRequests("too many large requests from this network; wait a little", retryAfter: 60)
        }
        return Self.mark + Base64URL.encode(digest)
    }

    /// The sealed value, or nil if it was parked and is gone.
    func receive(_ text: String) throws -> String? {
        guard text.hasPrefix(Self.mark) else { return text }
        guard let digest = Base64URL.decode(String(text.dropFirst())) else { return nil }
        return try store.parked(digest: digest, at: now())
    }
}
