import Testing

@testable import Handlers

@Suite struct PagesLanguageTests {
    @Test(
        arguments: [
            ([], nil, "en"), (["de"], nil, "de"), (["de-CH-1996"], nil, "de"), (["DE-at"], "en", "de"),
            (["fr", "de"], "en", "de"), (["fr"], "de;q=0.3, en;q=0.2", "de"), ([], "de", "de"),
            ([], "en;q=0.5, de;q=0.9", "de"), ([], "de;q=0, en;q=0.1", "en"), ([], "de;q=0", "en"),
            ([], "*, de;q=0.1", "de"), ([], "de-x-private", "de"), ([], "deutsch", "en"), ([], ",;q=1,;,", "en"),
            ([], "de;q=zebra", "de"), ([], "en,de", "en"), ([], " de ; q=0.7 , en ; q=0.6 ", "de"),
            ([""], "", "en"), (["../de"], "de\u{0}", "en"), (["d\u{435}"], nil, "en"),
        ] as [([String], String?, String)])
    func `ui_locales, then Accept-Language, then the default`(
        locales: [String], header: String?, expected: String
    ) throws {
        let renderer = try PagesFixture.renderer()
        #expect(renderer.language(uiLocales: locales, acceptLanguage: header).tag == expected)
    }

    @Test
    func `a long header is read no further than its beginning`() throws {
        let header = String(repeating: "xx,", count: 100_000) + "de"
        #expect(try PagesFixture.renderer().language(uiLocales: [], acceptLanguage: header).tag == "en")
    }

    @Test
    func `every language has the same texts, and the same placeholders in each`() throws {
        let english = try PageTexts("en", in: [PagesFixture.locales])
        for language in try PagesFixture.renderer().languages {
            let texts = try PageTexts(language.tag, in: [PagesFixture.locales])
            #expect(texts.keys == english.keys)
            for key in english.keys {
                #expect(placeholders(texts[key]) == placeholders(english[key]), "\(key) in \(language.tag)")
            }
        }
    }

    @Test
    func `a page says its language and direction`() throws {
        let renderer = try PagesFixture.renderer()
        #expect(renderer.text(PagesFixture.landing(), "de").contains(#"<html lang="de" dir="ltr">"#))
        #expect(renderer.text(PagesFixture.landing(), "en").contains(#"<html lang="en" dir="ltr">"#))
    }

    private func placeholders(_ text: String?) -> [Substring] {
        (text ?? "").split(separator: "{").dropFirst().compactMap { $0.split(separator: "}").first }.sorted()
    }
}
