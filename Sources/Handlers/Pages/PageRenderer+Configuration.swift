import OIDCLogic

extension PageRenderer {
    /// The renderer of an installation: the administrator's folders go before the ones that came with the program.
    /// Throws what is missing, by file and key.
    package init(_ settings: PageSettings, resources: ResourceDirectory, issuer: Issuer) throws(PageError) {
        try self.init(
            templates: [settings.templates, resources.templates].compactMap(\.self),
            locales: [settings.locales, resources.locales].compactMap(\.self),
            assets: PageAssets(base: issuer.path + "/static", directory: resources.staticFiles),
            service: settings.title ?? "Postern", help: settings.help.flatMap { WebLink($0.value) },
            contact: settings.contact, defaultLanguage: settings.language)
    }
}
