/// A language that the pages speak. Only a `PageRenderer` makes one.
package struct Language: Sendable, Hashable {
    /// BCP 47, as in `lang` and `Content-Language`.
    package let tag: String

    init(available tag: String) { self.tag = tag }
}

/// RFC 4647 §3.4 "Lookup", over the languages that there are.
struct LanguageLookup {
    private let available: [String: Language]
    let fallback: Language

    init(_ tags: [String], fallback: String) {
        available = Dictionary(tags.map { ($0.lowercased(), Language(available: $0)) }, uniquingKeysWith: { a, _ in a })
        self.fallback = Language(available: fallback)
    }

    /// The first range that leads to a language decides.
    func match(_ ranges: [String]) -> Language? {
        for range in ranges {
            var subtags = range.lowercased().split(separator: "-", omittingEmptySubsequences: false)
            while !subtags.isEmpty {
                if let language = available[subtags.joined(separator: "-")] { return language }
                subtags.removeLast()
                // A single letter announces what followed, and goes with it.
                while let last = subtags.last, last.utf8.count == 1 { subtags.removeLast() }
            }
        }
        return nil
    }
}

/// `Accept-Language`, RFC 9110 §12.5.4: its ranges, highest weight first.
struct AcceptLanguage {
    let ranges: [String]

    /// Nothing in a header is an error: what can't be read is passed over. Headers are bounded by nginx (8 KiB), and
    /// no browser sends as many ranges as are looked at.
    init(_ header: String) {
        var weighted: [(range: String, weight: Int)] = []
        for item in header.utf8.prefix(1_024).split(separator: UInt8(ascii: ",")).prefix(32) {
            let parts = item.split(separator: UInt8(ascii: ";")).map { Self.trimmed($0) }
            guard let range = parts.first, Self.isRange(range) else { continue }
            let weight = parts.dropFirst().first.map(Self.weight) ?? 1_000
            if weight > 0 { weighted.append((range, weight)) }
        }
        // `sorted` keeps the order of equals, which the header's author chose.
        ranges = weighted.sorted { $0.weight > $1.weight }.map(\.range)
    }

    private static func trimmed(_ bytes: Substring.UTF8View.SubSequence) -> String {
        let isBlank = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        return String(decoding: bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed(), as: UTF8.self)
    }

    /// `*` is no range of the lookup: it means the default.
    private static func isRange(_ text: String) -> Bool {
        text.utf8.count <= 35 && !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
                default: false
                }
            }
    }

    /// `q=0.8` in thousandths; what isn't a weight counts as none was given, and 0 means "not this one".
    private static func weight(_ parameter: String) -> Int {
        let digits = Array(parameter.utf8)
        guard digits.count >= 3, digits.count <= 7, digits[0] | 0x20 == UInt8(ascii: "q"),
            digits[1] == UInt8(ascii: "="), let value = Double(String(decoding: digits[2...], as: UTF8.self)),
            value >= 0, value <= 1
        else { return 1_000 }
        return Int(value * 1_000)
    }
}
