import Mustache

/// The pages in one language.
struct PageEdition: Sendable {
    private let texts: PageTexts
    private let help: WebLink?
    private let contact: Contact?
    private let library: MustacheLibrary
    private let pages: [PageTemplate: MustacheTemplate]

    /// - Parameter names: all templates that there are, partials among them.
    /// - Throws: `PageError`.
    init(
        _ texts: PageTexts, templates: [String], names: [String], assets: PageAssets, service: String, help: WebLink?,
        contact: Contact?
    ) throws(PageError) {
        let surroundings = PageSource.Surroundings(
            texts: texts, assets: assets, service: service, templates: Set(names))
        var sources: [String: PageSource] = [:]
        for name in Set(names).union(PageTemplate.allCases.map(\.rawValue)) {
            let file = try PageFile("\(name).mustache", in: templates)
            sources[name] = try PageSource(try file.text(), file: file.path, in: surroundings)
        }
        try Self.refuseCircles(in: sources)
        var library = MustacheLibrary()
        for (name, source) in sources { library.register(try source.parsed(), named: name) }
        var pages: [PageTemplate: MustacheTemplate] = [:]
        for template in PageTemplate.allCases { pages[template] = library.getTemplate(named: template.rawValue) }
        self.pages = pages
        self.library = library
        self.texts = texts
        self.help = help
        self.contact = contact
    }

    /// What its speakers call it.
    var languageName: String { texts.name }

    /// Empty for a key that not every language has.
    func text(_ key: String) -> String { texts[key] ?? "" }

    func render<P: Page>(_ page: P) -> [UInt8] {
        // Each was read at start, or there would be no edition.
        guard let template = pages[P.template] else { preconditionFailure("\(P.template) was not read") }
        var members = page.members(in: texts)
        members[text: .help] = help?.uri
        members[.contact] = contact.map { contact in
            var members = PageMembers([.label: .text(contact.label)])
            members[text: .uri] = contact.uri
            return .group(members)
        }
        return Array(template.render(members, library: library).utf8)
    }

    /// A template that calls itself, also by way of others, would end the process at its first page. What is left
    /// after taking away, again and again, all that call nothing that is left, calls itself.
    private static func refuseCircles(in sources: [String: PageSource]) throws(PageError) {
        var left = sources
        while true {
            let done = left.filter { source in source.value.partials.allSatisfy { left[$0] == nil } }
            if done.isEmpty { break }
            for name in done.keys { left[name] = nil }
        }
        guard let first = left.values.min(by: { $0.file < $1.file }) else { return }
        throw .invalidFile(first.file, reason: "calls itself, perhaps by way of another template")
    }
}
