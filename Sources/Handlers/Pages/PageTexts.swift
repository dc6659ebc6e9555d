import FoundationEssentials
import JOSE

/// The words of one language: `locales/TAG.json`, a flat object of texts.
///
/// A text may hold placeholders, `{app}`, named as the members of the page that shows it. The key
/// `language.direction` (`ltr` or `rtl`) describes the language itself, as does `language.name`.
package struct PageTexts: Sendable {
    /// The language's tag (BCP 47), which is the file's name.
    package let tag: String
    /// `ltr` or `rtl`.
    package let direction: String
    let file: String
    private let texts: [String: String]

    /// - Parameters:
    ///   - tag: the file's name without `.json`.
    ///   - directories: a key in an earlier one replaces that in a later one.
    /// - Throws: `PageError` if there is no such file, if one isn't a flat object of texts, or if a key that every
    ///   language must have is missing.
    init(_ tag: String, in directories: [String]) throws(PageError) {
        var texts: [String: String] = [:]
        var file: String?
        for directory in directories.reversed() {
            guard let found = try? PageFile("\(tag).json", in: [directory]) else { continue }
            guard let read = (try? JSON(parsing: [UInt8](found.bytes)))?.objectValue,
                read.values.allSatisfy({ $0.stringValue != nil })
            else {
                throw .invalidFile(found.path, reason: "is not a flat JSON object of texts, each key once")
            }
            texts.merge(read.compactMapValues(\.stringValue)) { _, nearer in nearer }
            file = found.path
        }
        guard let file else { throw .missingFile("\(tag).json", searched: directories) }
        for (key, text) in texts where text.unicodeScalars.contains(where: { $0.value < 0x20 }) {
            throw .invalidText(file: file, key: key, reason: "holds a control character")
        }
        guard let direction = texts["language.direction"], direction == "ltr" || direction == "rtl" else {
            throw .invalidText(file: file, key: "language.direction", reason: "must be there, and be ltr or rtl")
        }
        self.tag = tag
        self.direction = direction
        self.file = file
        self.texts = texts
        for key in AppLinks.textKeys + ConsentPage.textKeys + ErrorPage.textKeys + SignedOutPage.textKeys
            + AccountPage.textKeys + OwnClient.textKeys
        where texts[key] == nil {
            throw .missingText(file: file, key: key)
        }
    }

    /// The keys of the file, for a comparison of languages.
    package var keys: Set<String> { Set(texts.keys) }

    /// - Throws: `PageError.missingText`.
    func text(_ key: String) throws(PageError) -> String {
        guard let text = texts[key] else { throw .missingText(file: file, key: key) }
        return text
    }

    subscript(key: String) -> String? { texts[key] }

    /// What speakers of the language call it; its tag, where the file doesn't say.
    var name: String { texts["language.name"] ?? tag }
}
