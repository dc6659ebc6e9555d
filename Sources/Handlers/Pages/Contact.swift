import OIDCLogic

/// Whom people ask who are refused: an e-mail address, a web page, a telephone number, or words that say where to go.
package struct Contact: Sendable, Equatable {
    package let label: String
    /// Where a link leads. Nil: they are words alone.
    package let uri: String?

    /// Nil for what is none of those, such as another kind of address.
    package init?(_ text: String) {
        guard (1...200).contains(text.count), !text.hasInvisibleCharacter, text.contains(where: { !$0.isWhitespace })
        else { return nil }
        let scheme = Self.scheme(of: text)
        let rest = String(text.dropFirst(scheme.map { $0.count + 1 } ?? 0))
        switch scheme {
        case "https":
            guard let link = WebLink(text) else { return nil }
            (label, uri) = (String(rest.dropFirst(2)), link.uri)
        case "tel":
            guard let number = Self.number(rest) else { return nil }
            (label, uri) = (ChosenName.trimmed(rest), "tel:" + number)
        case "mailto":
            guard let address = Self.address(rest) else { return nil }
            (label, uri) = (rest, address)
        case _?: return nil
        case nil where text.contains("@") && !text.contains(where: \.isWhitespace):
            guard let address = Self.address(text) else { return nil }
            (label, uri) = (text, address)
        case nil: (label, uri) = (text, nil)
        }
    }

    /// In lower case, of what goes on behind the colon at once: "Service desk: room 12" has none.
    private static func scheme(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].dropFirst().first?.isWhitespace != true
        else { return nil }
        let scheme = text[..<colon]
        let isScheme = scheme.utf8.allSatisfy { byte in
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.".utf8.contains(byte)
        }
        return isScheme && scheme.first?.isLetter == true ? scheme.lowercased() : nil
    }

    /// RFC 6068 §2: what a header could be begun by is escaped.
    private static func address(_ text: String) -> String? {
        guard EmailAddressForm.isPlausible(text), let at = text.lastIndex(of: "@"),
            let domain = EmailDomain(String(text[at...].dropFirst()))
        else { return nil }
        return "mailto:" + FormEncoding.escape(String(text[..<at])) + "@" + domain.description
    }

    /// RFC 3966 §3, without what is only for the eye.
    private static func number(_ text: String) -> String? {
        let written = ChosenName.trimmed(text)
        let isClean = written.utf8.enumerated().allSatisfy { place, byte in
            place == 0 && byte == UInt8(ascii: "+") || "0123456789 -.()".utf8.contains(byte)
        }
        let number = written.filter { "+0123456789".contains($0) }
        return isClean && number.filter { $0 != "+" }.count >= 3 ? number : nil
    }
}
