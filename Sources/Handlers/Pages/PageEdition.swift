import Mustache

/// The pages in one language.
struct PageEdition: Sendable {
    private let texts: PageTexts
    private let help: WebLink?
    private let library: MustacheLibrary
    private let login, consent, error, landing: MustacheTemplate

    /// - Parameter names: all templates that there are, partials among them.
    /// - Throws: `PageError`.
    init(
        _ texts: PageTexts, templates: [String], names: [String], assets: PageAssets, service: String, help: WebLink?
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
        func page(_ template: PageTemplate) throws(PageError) -> MustacheTemplate {
            guard let parsed = library.getTemplate(named: template.rawValue) else {
                throw .missingFile("\(template.rawValue).mustache", searched: templates)
            }
            return parsed
        }
        login = try page(.login)
        consent = try page(.consent)
        error = try page(.error)
        landing = try page(.landing)
        self.library = library
        self.texts = texts
        self.help = help
    }

    func render<P: Page>(_ page: P) -> [UInt8] {
        let template =
            switch P.template {
            case .login: login
            case .consent: consent
            case .error: error
            case .landing: landing
            }
        var members = page.members(in: texts)
        members[text: .help] = help?.uri
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
