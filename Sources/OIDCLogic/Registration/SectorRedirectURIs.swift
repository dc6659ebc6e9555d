import JOSE

/// What the `sector_identifier_uri` of a client answers: the redirect URIs of all clients of the sector (OpenID Connect
/// Registration §5). Without it anybody could say to be of another's sector, and so be told its users' identifiers.
package struct SectorRedirectURIs {
    private let uri: WebURI
    private let listed: Set<RedirectURI>

    /// In bytes: room for a few hundred of the longest.
    package static let limit = 256 * 1024

    private static let member = "sector_identifier_uri"

    /// Fetches them. Throws ``ClientMetadataError`` for whatever keeps them from being read; nothing is tried again.
    package init(fetching uri: WebURI, by outbound: any Outbound) throws(ClientMetadataError) {
        self.uri = uri
        let answer: OutboundAnswer
        do throws(OutboundError) { answer = try outbound.get(uri, maximumBytes: Self.limit) } catch {
            switch error {
            case .busy:
                throw Self.unreadable(uri, "can't be fetched now: too many calls are under way; try again in a moment")
            case .unreachable(let cause), .unanswered(let cause):
                throw ClientMetadataError(
                    Self.member, "can't be fetched now: \(cause); try again when it answers within seconds")
            case .forbidden(let cause):
                throw ClientMetadataError(Self.member, "may not be fetched: \(cause); it must be at a public address")
            case .tooLong:
                throw Self.unreadable(
                    uri, "answers more than \(Self.limit) bytes; it must be no more than an array of redirect URIs")
            }
        }
        switch answer.status {
        case 200: break
        case 300...399:
            throw Self.unreadable(
                uri, "answers \(answer.status), a redirect; give the address that it leads to, or answer there")
        default:
            throw Self.unreadable(uri, "answers \(answer.status); it must answer 200, and an array of redirect URIs")
        }
        guard let items = (try? JSON(parsing: answer.body, maximumBytes: Self.limit, maximumDepth: 2))?.arrayValue,
            items.allSatisfy({ $0.stringValue != nil })
        else {
            throw Self.unreadable(uri, "doesn't answer a JSON array of strings, such as [\"https://app.example.com/\"]")
        }
        listed = Set(items.compactMap(\.stringValue).map(RedirectURI.init(stored:)))
    }

    private static func unreadable(_ uri: WebURI, _ fault: String) -> ClientMetadataError {
        ClientMetadataError(member, "\"\(uri.value)\" \(fault)")
    }

    /// §5: "The values registered in redirect_uris MUST be included in the elements of the array, or registration MUST
    /// fail". Byte by byte, as they are compared ever after.
    package func require(_ redirectURIs: [RedirectURI]) throws(ClientMetadataError) {
        if let missing = redirectURIs.first(where: { !listed.contains($0) }) {
            throw Self.unreadable(
                uri, "doesn't list the redirect URI \"\(missing)\"; add it there, byte by byte the same")
        }
    }
}
