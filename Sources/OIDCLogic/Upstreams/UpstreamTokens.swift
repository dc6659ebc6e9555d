import JOSE

/// What an upstream is asked about a user with, while they are away.
package struct UpstreamTokens: Sendable {
    /// Nil: it gave none, and is asked with the access token alone.
    package let refreshToken: Secret<UpstreamTokens>?
    package let accessToken: Secret<UpstreamTokens>?
    /// Of the access token; nil: it doesn't say.
    package let accessTokenExpiresAt: Timestamp?

    /// In bytes, of each.
    private static let limit = 8192

    /// Of a token response (RFC 6749 §5.1). Nil: there is nothing in it to ask with.
    ///
    /// - Parameters:
    ///   - former: those that it was asked with: a refresh token that it doesn't replace goes on (§6).
    ///   - accessTokenServes: whether one may ask with the access token alone.
    package init?(
        response: [String: JSON], after former: UpstreamTokens? = nil, accessTokenServes: Bool = false,
        at now: Timestamp
    ) {
        let text = { (name: String) -> String? in
            response[name]?.stringValue.flatMap { !$0.isEmpty && $0.utf8.count <= Self.limit ? $0 : nil }
        }
        refreshToken = text("refresh_token").map { Secret($0) } ?? former?.refreshToken
        accessToken = text("access_token").map { Secret($0) }
        guard refreshToken != nil || accessTokenServes && accessToken != nil else { return nil }
        accessTokenExpiresAt = response["expires_in"].flatMap(Self.seconds).map { now + $0 }
    }

    /// Whether the refresh token of a response that answers one can be kept, if it has one: else the one that was shown is spent,
    /// and nothing came in its place.
    package static func canBeKept(_ response: [String: JSON]) -> Bool {
        switch response["refresh_token"] {
        case nil, .null, "": true
        case .string(let text): text.utf8.count <= limit
        default: false
        }
    }

    /// In seconds: ten years.
    private static let longestLifetime: Int64 = 315_360_000

    /// A number (RFC 6749 §5.1), which some write as a text, or with a fraction. Nil: it says nothing, as what can't be read does.
    private static func seconds(_ lifetime: JSON) -> Int64? {
        let seconds: Int64? =
            switch lifetime {
            case .integer(let seconds): seconds
            case .number(let seconds): Int64(exactly: seconds.rounded(.down))
            case .string(let text): Double(text).flatMap { Int64(exactly: $0.rounded(.down)) }
            default: nil
            }
        return seconds.flatMap { (0...longestLifetime).contains($0) ? $0 : nil }
    }

    /// For the link, and for no other.
    package func sealed(for link: UpstreamLinkID, by seal: Seal) -> String {
        var content: [String: JSON] = [:]
        content["r"] = (refreshToken?.reveal()).map(JSON.string)
        content["a"] = (accessToken?.reveal()).map(JSON.string)
        content["e"] = (accessTokenExpiresAt?.seconds).map(JSON.integer)
        return seal.seal(
            JSON.object(content).serialized(), purpose: .upstreamTokens, associated: link.binding)
    }

    /// Throws if they are none of ours, or another link's.
    package init(sealed text: String, of link: UpstreamLinkID, opening seal: Seal) throws {
        let content = try JSON(
            parsing: try seal.open(text, purpose: .upstreamTokens, associated: link.binding))
        refreshToken = content["r"]?.stringValue.map { Secret($0) }
        accessToken = content["a"]?.stringValue.map { Secret($0) }
        guard refreshToken != nil || accessToken != nil else { throw SealError.unexpectedContent }
        accessTokenExpiresAt = content["e"]?.integerValue.map { Timestamp($0) }
    }
}

extension UpstreamLinkID {
    /// What is sealed for one link opens for no other.
    var binding: [UInt8] { Array("\(issuer.utf8.count):\(issuer)\(subject)".utf8) }
}
