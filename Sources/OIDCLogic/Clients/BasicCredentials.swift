import JOSE

/// `Authorization: Basic` (RFC 7617), with id and secret form-encoded as RFC 6749 §2.3.1 asks, or not, as many clients
/// send them.
package struct BasicCredentials: Sendable {
    package typealias Pair = (id: ClientID, secret: ClientSecret)

    package let decoded: Pair
    /// The same without form-decoding, if that makes a difference.
    package let raw: Pair?

    /// Throws `invalid_client` for what is no Basic header.
    init(_ header: String) throws(OAuthError) {
        let header = AuthorizationHeader(header)
        guard header.scheme == "basic", let encoded = header.credentials else {
            throw .invalidClient(
                "the Authorization header must be Basic", detail: .clientAuthentication(.malformed, registered: nil))
        }
        guard let bytes = Base64.decode(String(encoded)), bytes.count <= 2048,
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
        // Most are made of what stands for itself.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "%") }) else { return text }
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
