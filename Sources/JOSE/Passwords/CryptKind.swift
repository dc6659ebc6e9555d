/// The kinds of crypt(3) hashes that serve here, by crypt(5).
enum CryptKind: String, CaseIterable {
    case yescrypt = "$y$"
    case gostYescrypt = "$gy$"
    case scrypt = "$7$"
    case bcryptA = "$2a$"
    case bcryptB = "$2b$"
    case bcryptY = "$2y$"
    case sha512 = "$6$"
    case sha256 = "$5$"

    /// 256 MiB: sixteen times what a new hash takes.
    private static let maximumMemory = 256 << 20
    /// About a second.
    private static let maximumBcryptCost = 14
    private static let maximumRounds = 1_000_000

    static func of(_ hash: [UInt8]) -> CryptKind? { allCases.first { hash.starts(with: $0.rawValue.utf8) } }

    /// Whether there is a hash behind the settings: settings alone would be verified like a hash, and match nothing.
    func isComplete(_ hash: [UInt8]) -> Bool {
        let result = hash.split(separator: UInt8(ascii: "$")).last?.count
        switch self {
        case .yescrypt, .gostYescrypt, .scrypt, .sha256: return result == 43
        case .sha512: return result == 86
        case .bcryptA, .bcryptB, .bcryptY: return hash.count == 60
        }
    }

    func isBearable(_ hash: [UInt8]) -> Bool {
        let settings = hash.dropFirst(rawValue.utf8.count)
        switch self {
        case .yescrypt, .gostYescrypt: return isBearableYescrypt(settings)
        case .scrypt: return isBearableScrypt(settings)
        case .bcryptA, .bcryptB, .bcryptY:
            guard let cost = Int(String(decoding: settings.prefix(2), as: UTF8.self)) else { return false }
            return (4...Self.maximumBcryptCost).contains(cost)
        case .sha512, .sha256: return isBearableSHA(settings)
        }
    }

    /// Flags, log2 N and r, a digit each; whoever needs more digits or parameters asks for more than anyone should.
    private func isBearableYescrypt(_ settings: ArraySlice<UInt8>) -> Bool {
        let parameters = settings.prefix { $0 != UInt8(ascii: "$") }.compactMap(Self.value)
        guard parameters.count == 3, parameters.allSatisfy({ $0 < 48 }) else { return false }
        return isBearable(logN: parameters[1] + 1, r: parameters[2] + 1, p: 1)
    }

    /// log2 N in a digit, r and p in five each, the least significant first.
    private func isBearableScrypt(_ settings: ArraySlice<UInt8>) -> Bool {
        let digits = settings.prefix(11).compactMap(Self.value)
        guard digits.count == 11 else { return false }
        let numbers = [1, 6].map { start in digits[start..<start + 5].reversed().reduce(0) { $0 << 6 | $1 } }
        return isBearable(logN: digits[0], r: numbers[0], p: numbers[1])
    }

    private func isBearable(logN: Int, r: Int, p: Int) -> Bool {
        guard logN < 32, r > 0, r < 1 << 16, p > 0, p < 1 << 8 else { return false }
        return 128 * r * p << logN <= Self.maximumMemory
    }

    private func isBearableSHA(_ settings: ArraySlice<UInt8>) -> Bool {
        let marker = Array("rounds=".utf8)
        guard settings.starts(with: marker) else { return true }
        let digits = settings.dropFirst(marker.count).prefix { $0 != UInt8(ascii: "$") }
        guard let rounds = Int(String(decoding: digits, as: UTF8.self)) else { return false }
        return (1000...Self.maximumRounds).contains(rounds)
    }

    /// crypt(3)'s own base64: `./0-9A-Za-z`.
    private static func value(_ digit: UInt8) -> Int? {
        switch digit {
        case UInt8(ascii: ".")...UInt8(ascii: "9"): Int(digit - UInt8(ascii: "."))
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): Int(digit - UInt8(ascii: "A")) + 12
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(digit - UInt8(ascii: "a")) + 38
        default: nil
        }
    }
}
