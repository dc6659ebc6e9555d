import COpenSSL

/// The hash functions of RFC 7518. The OpenSSL object of each is fetched once.
enum HashFunction: Sendable {
    case sha256
    case sha384
    case sha512

    /// OpenSSL's name for it.
    var name: String {
        switch self {
        case .sha256: "SHA256"
        case .sha384: "SHA384"
        case .sha512: "SHA512"
        }
    }

    var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, fetched.pointer, nil) == 1 else {
            cryptographyFailed("hashing")
        }
        return digest
    }

    func leftHalf(of text: String) -> String { Base64URL.encode(digest(Array(text.utf8)).prefix(byteCount / 2)) }

    private var fetched: FetchedDigest {
        switch self {
        case .sha256: .sha256
        case .sha384: .sha384
        case .sha512: .sha512
        }
    }
}

/// An EVP_MD, which OpenSSL lets all threads use at once. Never freed: it lives as long as the process.
@safe private struct FetchedDigest: @unchecked Sendable {
    static let sha256 = FetchedDigest(.sha256)
    static let sha384 = FetchedDigest(.sha384)
    static let sha512 = FetchedDigest(.sha512)

    let pointer: OpaquePointer

    private init(_ function: HashFunction) {
        guard let fetched = unsafe EVP_MD_fetch(nil, function.name, nil) else {
            cryptographyFailed("fetching a hash function")
        }
        unsafe pointer = fetched
    }
}
