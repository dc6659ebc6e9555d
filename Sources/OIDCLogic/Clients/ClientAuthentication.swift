import JOSE

/// What a client sent to prove who it is (RFC 6749 §2.3, OpenID Connect Core §9), parsed but not believed.
package struct ClientCredentials: Sendable {
    package let clientID: ClientID
    /// How it was sent.
    package let method: TokenEndpointAuthMethod
    /// What the secret may be: form-decoded first, then as it came, if that differs.
    fileprivate let secrets: [ClientSecret]
    /// Another form of the id, if the header's was not form-encoded.
    package let rawClientID: ClientID?

    /// Throws `invalid_request` for more than one method (RFC 6749 §2.3), `invalid_client` for none or a broken one.
    package init(_ parameters: Parameters, authorization: String?) throws(OAuthError) {
        let id = try parameters.value("client_id", limit: 255)
        let secret = try parameters.value("client_secret", limit: 255)
        guard try parameters.value("client_assertion") == nil else {
            throw .invalidClient("client assertions are not supported; use client_secret_basic or client_secret_post")
        }
        if let authorization {
            guard secret == nil else {
                throw .invalidRequest(
                    "the client authenticated twice: in the Authorization header and in the body",
                    detail: .clientAuthentication(.unexpected, registered: nil))
            }
            let basic = try BasicCredentials(authorization)
            clientID = basic.decoded.id
            rawClientID = basic.raw.map(\.id)
            secrets = [basic.decoded.secret] + (basic.raw.map { [$0.secret] } ?? [])
            method = .clientSecretBasic
            guard id == nil || ClientID(id ?? "") == clientID || ClientID(id ?? "") == rawClientID else {
                throw .invalidRequest(
                    "client_id in the body is another than in the Authorization header",
                    detail: .parameter("client_id", .repeated))
            }
            return
        }
        guard let id else {
            throw .invalidClient(
                "the client did not say who it is: client_id is missing", detail: .parameter("client_id", .absent))
        }
        clientID = ClientID(id)
        rawClientID = nil
        secrets = secret.map { [ClientSecret($0)] } ?? []
        method = secret == nil ? .none : .clientSecretPost
    }
}

package enum ClientSecretKind {}
package typealias ClientSecret = Secret<ClientSecretKind>

/// A client that has proved who it is, or a public one that has nothing to prove it with. Only this file makes one.
package struct AuthenticatedClient: Sendable {
    package let client: Client

    fileprivate init(_ client: Client) { self.client = client }
}

extension ClientCredentials {
    /// The id that a header of HTTP Basic names; nil if it is none.
    static func basicClientID(_ authorization: String) -> ClientID? {
        (try? BasicCredentials(authorization))?.decoded.id
    }

    /// Compares what was sent with what is kept. An unknown client and a wrong secret get the same answer.
    ///
    /// - Parameter client: the client of ``clientID``, or else of ``rawClientID``.
    package func authenticate(_ client: Client?, opening seal: Seal) throws(OAuthError) -> AuthenticatedClient {
        func failure(_ detail: RefusalDetail) -> OAuthError {
            .invalidClient(
                "client authentication failed: unknown client, or wrong secret",
                cause: "client \(clientID), \(method.rawValue)", detail: detail)
        }
        guard let client, client.id == clientID || client.id == rawClientID else { throw failure(.unknownClient) }
        let registered = client.metadata.tokenEndpointAuthMethod
        if client.metadata.isPublic {
            guard method == .none else {
                throw .invalidClient(
                    "this client is registered without a secret; send client_id alone",
                    detail: .clientAuthentication(.unexpected, registered: registered?.rawValue))
            }
            return AuthenticatedClient(client)
        }
        guard method != .none else {
            throw .invalidClient(
                "this client must authenticate; its secret is missing",
                detail: .clientAuthentication(.absent, registered: registered?.rawValue))
        }
        if let registered, registered != method {
            throw .invalidClient(
                "the client authenticated by another method than it is registered with",
                cause: "\(client.id) is registered with \(registered.rawValue), sent \(method.rawValue)",
                detail: .clientAuthentication(.otherMethod, registered: registered.rawValue))
        }
        let mismatch = RefusalDetail.clientAuthentication(.mismatch, registered: registered?.rawValue)
        guard let sealed = client.sealedSecret else { throw failure(mismatch) }
        let expected: ClientSecret
        do { expected = try ClientSecret(sealed: sealed, of: client.id, opening: seal) } catch {
            throw .serverError(cause: "the secret of client \(client.id) can't be unsealed: \(error)")
        }
        // Both are compared, always, so that the time tells nothing of which matched.
        let matches = [secrets.first, secrets.last].map { $0.map(expected.matches) ?? false }
        guard matches[0] || matches[1] else { throw failure(mismatch) }
        return AuthenticatedClient(client)
    }
}

/// `Authorization: Basic` (RFC 7617), with id and secret form-encoded as RFC 6749 §2.3.1 asks, or not, as many clients
/// send them.
private struct BasicCredentials {
    typealias Pair = (id: ClientID, secret: ClientSecret)

    let decoded: Pair
    /// The same without form-decoding, if that makes a difference.
    let raw: Pair?

    init(_ header: String) throws(OAuthError) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic" else {
            throw .invalidClient(
                "the Authorization header must be Basic", detail: .clientAuthentication(.malformed, registered: nil))
        }
        guard let bytes = Base64.decode(String(parts[1])), bytes.count <= 2048,
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let id = String(validating: bytes[..<colon], as: UTF8.self),
            let secret = String(validating: bytes[(colon + 1)...], as: UTF8.self)
        else {
            throw .invalidClient(
                "the Authorization header is no base64 of client id, colon and secret",
                detail: .clientAuthentication(.malformed, registered: nil))
        }
        let rawPair = (ClientID(id), ClientSecret(secret))
        guard let decodedID = Self.formDecoded(id), let decodedSecret = Self.formDecoded(secret) else {
            decoded = rawPair
            raw = nil
            return
        }
        decoded = (ClientID(decodedID), ClientSecret(decodedSecret))
        let isSame = decodedID.hasSameBytes(as: id) && decodedSecret.hasSameBytes(as: secret)
        raw = isSame ? nil : rawPair
    }

    /// Nil if it isn't form-encoded.
    private static func formDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst()?.hexDigit, let low = rest.popFirst()?.hexDigit else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x41...0x46: self - 0x41 + 10
        case 0x61...0x66: self - 0x61 + 10
        default: nil
        }
    }
}

extension ClientSecret {
    /// Opens a stored secret. Throws if it was sealed for another client, or under another key.
    package init(sealed text: String, of client: ClientID, opening seal: Seal) throws {
        let bytes = try seal.open(text, purpose: .clientSecret, associated: Array(client.value.utf8))
        self.init(bytes: bytes)
    }

    package func sealed(for client: ClientID, by seal: Seal) -> String {
        seal.seal(revealBytes(), purpose: .clientSecret, associated: Array(client.value.utf8))
    }
}
