import FoundationEssentials
import Testing

@testable import Handlers

@Suite struct PagesTemplateTests {
    /// Makes a renderer from the shipped pages with `files` in a folder in front.
    private func renderer(overriding files: [String: String]) throws -> PageRenderer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, content) in files { try Data(content.utf8).write(to: folder.appending(path: name)) }
        return try PageRenderer(
            templates: [folder.path, PagesFixture.templates], locales: [folder.path, PagesFixture.locales],
            assets: PagesFixture.assets)
    }

    private func refusal(of template: String) -> PageError? {
        do {
            _ = try renderer(overriding: ["landing.mustache": template])
            return nil
        } catch {
            return error as? PageError
        }
    }

    @Test(arguments: [
        "{{{discovery}}}", "{{&discovery}}", "{{=<% %>=}}<%&discovery%>", "{{% CONTENT_TYPE: TEXT}}", "{{misspelt}}",
        "{{#misspelt}}x{{/misspelt}}", "{{> nothing}}", "{{> *app}}", "{{}}", "{{discovery", "{{text.no.such}}",
        "{{asset.none.css}}", "{{discovery.x}}", "{{upper(discovery)}}", "{{#app}}", "{{#app}}{{/user}}",
        "{{discovery\u{301}}}", "{{ {discovery}}}", "{{> landing}}", "{{.}}",
    ])
    func `a template that can't be trusted or understood is refused at start`(template: String) {
        #expect(refusal(of: "<p>\n" + template) != nil)
    }

    @Test
    func `a refusal names file, line and tag`() {
        let message = refusal(of: "<p>\n{{app}} {{misspelt}}")?.description ?? ""
        #expect(message.hasSuffix("landing.mustache:2: {{misspelt}}: no page has a member of that name"))
    }

    @Test
    func `templates that call each other in a circle are refused`() {
        #expect(throws: PageError.self) {
            try renderer(overriding: ["mark.mustache": "{{> extra}}", "extra.mustache": "{{#app}}{{> mark}}{{/app}}"])
        }
    }

    @Test
    func `an administrator's template and partial escape by scalar too`() throws {
        let renderer = try renderer(overriding: [
            "landing.mustache": "{{discovery}}|{{> extra}}|{{discovery}}", "extra.mustache": "{{ discovery }}",
        ])
        let escaped = "&quot;\u{301}"
        #expect(
            renderer.text(LandingPage(discovery: "\"\u{301}")).utf8.elementsEqual(
                "\(escaped)|\(escaped)|\(escaped)".utf8))
    }

    @Test
    func `a text can be replaced alone`() throws {
        let renderer = try renderer(overriding: ["de.json": #"{"login.submit": "Los & weiter"}"#])
        let page = renderer.text(PagesFixture.login(), "de")
        #expect(page.contains(">Los &amp; weiter</button>"))
        #expect(page.contains("Benutzername"))
    }

    @Test(arguments: [
        #"{"language.direction": "ltr"}"#, "{", #"{"a": {"b": "c"}}"#, "[]",
    ])
    func `a language without all texts is refused`(json: String) {
        #expect(throws: PageError.self) { try renderer(overriding: ["fr.json": json]) }
    }

    @Test(arguments: ["Sign in {", "Sign in }", "to {nobody}", "to {{app}}", "a\\nb"])
    func `a text with a faulty placeholder is refused`(text: String) {
        #expect(throws: PageError.self) { try renderer(overriding: ["en.json": "{\"login.heading\": \"\(text)\"}"]) }
    }

    @Test
    func `a missing folder is named`() {
        #expect {
            _ = try PageRenderer(
                templates: ["/nowhere"], locales: [PagesFixture.locales], assets: PagesFixture.assets)
        } throws: { error in
            "\(error)".contains("/nowhere")
        }
    }
}
