import FoundationEssentials

/// Makes the pages. All templates and texts are read once, at start, and shared between threads.
package struct PageRenderer: Sendable {
    private let editions: [Language: PageEdition]
    private let fallback: PageEdition
    private let lookup: LanguageLookup

    /// - Parameters:
    ///   - templates: folders of `*.mustache` files; an earlier one replaces files of a later one.
    ///   - locales: folders of `TAG.json` files; a text in an earlier one replaces that in a later one.
    ///   - assets: the links to style sheet and icons.
    ///   - service: what people know this provider by, shown at the top of each page.
    ///   - help: where people find help, linked at the foot of each page.
    ///   - contact: whom people ask who are refused, on the pages that send them to an administrator.
    ///   - defaultLanguage: for those who ask for no language that there is. It must be there.
    /// - Throws: `PageError`, which names file and key.
    package init(
        templates: [String], locales: [String], assets: PageAssets, service: String = "Postern",
        help: WebLink? = nil, contact: Contact? = nil, defaultLanguage: String = "en"
    ) throws(PageError) {
        var editions: [Language: PageEdition] = [:]
        let names = Self.files("mustache", in: templates)
        let tags = Self.files("json", in: locales)
        for tag in tags {
            let texts = try PageTexts(tag, in: locales)
            editions[Language(available: tag)] = try PageEdition(
                texts, templates: templates, names: names, assets: assets, service: service, help: help,
                contact: contact)
        }
        guard let fallback = editions[Language(available: defaultLanguage)] else {
            throw .missingFile("\(defaultLanguage).json", searched: locales)
        }
        self.editions = editions
        self.fallback = fallback
        lookup = LanguageLookup(tags, fallback: defaultLanguage)
    }

    /// The page as UTF-8 HTML. A language of another renderer is answered in the default one.
    package func render(_ page: some Page, language: Language) -> [UInt8] {
        (editions[language] ?? fallback).render(page)
    }

    /// The languages that there are, in the order of their tags.
    package var languages: [Language] { editions.keys.sorted { $0.tag < $1.tag } }

    /// The languages with their own names, in the order of those.
    var choices: [(tag: String, name: String)] {
        editions.map { (tag: $0.key.tag, name: $0.value.languageName) }.sorted { ($0.name, $0.tag) < ($1.name, $1.tag) }
    }

    /// One of the texts in the default language.
    func text(_ key: String) -> String { fallback.text(key) }

    /// The same in every language that there is.
    func texts(_ key: String) -> [(tag: String, text: String)] {
        editions.map { (tag: $0.key.tag, text: $0.value.text(key)) }
    }

    /// The language for a request: RFC 4647 §3.4 over `ui_locales` (OpenID Connect Core 3.1.2.1), then over
    /// `Accept-Language` by weight, then the default.
    package func language(uiLocales: [String], acceptLanguage: String?) -> Language {
        lookup.match(Array(uiLocales.prefix(16)))
            ?? acceptLanguage.flatMap { lookup.match(AcceptLanguage($0).ranges) }
            ?? lookup.fallback
    }

    private static func files(_ suffix: String, in directories: [String]) -> [String] {
        var names: Set<String> = []
        for directory in directories {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            where file.hasSuffix("." + suffix) && !file.hasPrefix(".") {
                names.insert(String(file.dropLast(suffix.count + 1)))
            }
        }
        return names.sorted()
    }
}
