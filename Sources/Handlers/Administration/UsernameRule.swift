// Only Foundation composes characters.
import Foundation
import OIDCLogic

extension Username {
    /// A name as someone typed it. A composed and a decomposed "é" look alike, and which one a keyboard or a file gives
    /// is chance; so names are kept and looked up in Unicode's Normalization Form C.
    package init(typed text: String) {
        self.init(text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping)
    }

    /// A name for a new user: 1 to 128 bytes, no control or invisible format characters, no space at either end.
    package init(choosing text: String) throws(AdministrationError) {
        self.init(typed: text)
        guard (1...128).contains(value.utf8.count) else {
            throw .invalid("a user name has 1 to 128 bytes; this one has \(value.utf8.count)")
        }
        guard
            !value.unicodeScalars.contains(where: {
                [.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
            })
        else { throw .invalid("a user name can't have control or invisible characters") }
        guard value.unicodeScalars.first?.properties.isWhitespace == false,
            value.unicodeScalars.last?.properties.isWhitespace == false
        else { throw .invalid("a user name can't begin or end with a space") }
    }
}
