// Only Foundation composes characters.
import Foundation

/// A name that an administrator gives to someone or something.
///
/// A composed and a decomposed "é" look alike, and which one a keyboard or a file gives is chance; so names are kept and
/// looked up in Unicode's Normalization Form C.
enum ChosenName {
    static func normalized(_ text: String) -> String {
        text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    }

    /// Without the spaces around it.
    static func trimmed(_ text: String) -> String {
        guard let start = text.unicodeScalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = text.unicodeScalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(text.unicodeScalars[start...end])
    }

    /// 1 to 128 bytes, no control or invisible format characters, no space at either end. `what` is what it names, such
    /// as "a user name".
    static func accepted(_ text: String, for what: String) throws(AdministrationError) -> String {
        let name = normalized(text)
        guard (1...128).contains(name.utf8.count) else {
            throw .invalid("\(what) has 1 to 128 bytes; this one has \(name.utf8.count)")
        }
        guard !name.hasInvisibleCharacter else {
            throw .invalid("\(what) can't have control or invisible characters")
        }
        guard name.unicodeScalars.first?.properties.isWhitespace == false,
            name.unicodeScalars.last?.properties.isWhitespace == false
        else { throw .invalid("\(what) can't begin or end with a space") }
        return name
    }
}

extension String {
    /// Control characters, and those that show nothing.
    var hasInvisibleCharacter: Bool {
        unicodeScalars.contains {
            [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
        }
    }
}
