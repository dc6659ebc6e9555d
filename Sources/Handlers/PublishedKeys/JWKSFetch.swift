import JOSE
import OIDCLogic

extension Fetched where Value == JWKSet {
    /// A key set from where it is published (RFC 7517 §5).
    init(_ place: KeyPlace, by outbound: any Outbound) throws(FetchFault) {
        switch place {
        case .uri(let uri): try self.init(uri, by: outbound)
        case .issuer(let issuer):
            let (uri, age) = try Self.discover(issuer, by: outbound)
            try self.init(uri, by: outbound, longest: age)
        }
    }

    private init(_ uri: WebURI, by outbound: any Outbound, longest: Int64 = .max) throws(FetchFault) {
        let answer = try outbound.published(uri, maximumBytes: JWKSet.maximumBytes)
        let set: JWKSet
        do throws(JWKError) { set = try JWKSet(parsing: answer.body) } catch {
            throw .useless("what \(uri.value) answers is no set of public keys: \(error)")
        }
        self.init(set, saying: answer.cacheControl, longest: longest)
    }

    /// OpenID Connect Discovery §4: where the issuer's set is. §4.3: the document must name the very issuer that was asked.
    private static func discover(
        _ issuer: WebURI, by outbound: any Outbound
    ) throws(FetchFault) -> (uri: WebURI, maxAge: Int64) {
        let (uri, answer) = try outbound.discovery(of: issuer, maximumBytes: JWKSet.maximumBytes)
        guard let document = try? JSON(parsing: answer.body, maximumBytes: JWKSet.maximumBytes) else {
            throw .useless("what \(uri.value) answers is not JSON")
        }
        guard document["issuer"] == .string(issuer.value) else {
            throw .useless("what \(uri.value) answers names another issuer than \(issuer.value)")
        }
        guard let set = (document["jwks_uri"]?.stringValue).flatMap(WebURI.init) else {
            throw .useless("what \(uri.value) answers has no jwks_uri")
        }
        return (set, FetchAge.seconds(answer.cacheControl))
    }
}

extension PublishedKeysFault {
    init(_ fault: FetchFault) {
        self =
            switch fault {
            case .busy: .unavailable("too many outbound calls are under way")
            case .unreachable(let cause): .unavailable(cause)
            case .useless(let cause): .useless(cause)
            }
    }
}
