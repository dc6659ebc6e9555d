import FoundationEssentials
import Testing

@testable import Handlers

@Suite struct PagesEscapingTests {
    /// Each is one `Character` that isn't `"`, `<` and so on, and would pass an escaping that goes by `Character`.
    static let marked = ["\"\u{301}", "<\u{301}", ">\u{20D2}", "'\u{338}", "&\u{301}", "`\u{301}", "\"\u{FE0F}"]

    @Test(arguments: marked)
    func `a special character with a combining mark is escaped in every member of every page`(text: String) throws {
        let hostile = "a\(text)b"
        let renderer = try PagesFixture.renderer(service: hostile)
        for language in ["en", "de"] {
            for page in PagesFixture.all(hostile) {
                let html = renderer.text(page, language)
                #expect(!html.utf8.contains("a\(text)b".utf8), "raw in \(type(of: page))")
                #expect(html.utf8.contains(HTMLText.escape(hostile).utf8), "absent from \(type(of: page))")
            }
        }
    }

    @Test
    func `each text member of a page is shown escaped, as often as its template shows it`() throws {
        let renderer = try PagesFixture.renderer()
        let hostile = "\"\u{301}><\u{301}x y='\u{338}`\u{301}&\u{301}"
        for (plain, marked) in zip(PagesFixture.all("zqzq"), PagesFixture.all(hostile)) {
            let expected = renderer.text(plain).utf8.count(of: "zqzq".utf8)
            // The reference is shown in groups of four, so it's a text of its own.
            #expect(renderer.text(marked).utf8.count(of: HTMLText.escape(hostile).utf8) >= expected - 1)
        }
    }

    @Test
    func `no text of a page adds a tag or ends an attribute`() throws {
        let renderer = try PagesFixture.renderer()
        let hostile = "\"\u{301}><\u{301}x y='\u{338}`\u{301}&\u{301}{{{action}}}\u{0}\u{7}\u{202E}"
        for (plain, marked) in zip(PagesFixture.all("plain"), PagesFixture.all(hostile)) {
            for special in ["<", ">", "\"", "'", "`", "\u{0}", "\u{7}", "\u{202E}"] {
                #expect(
                    renderer.text(marked).utf8.count(of: special.utf8)
                        == renderer.text(plain).utf8.count(of: special.utf8),
                    "\(special) in \(type(of: plain))")
            }
        }
    }

    @Test(arguments: [
        ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;"), ("'", "&#39;"), ("`", "&#96;"),
        ("\u{0}", "\u{FFFD}"), ("\u{1B}", "\u{FFFD}"), ("\u{7F}", "\u{FFFD}"), ("\u{85}", "\u{FFFD}"),
        ("\u{202E}", "\u{FFFD}"), ("\u{2069}", "\u{FFFD}"), ("e\u{301}", "e\u{301}"), ("\u{200F}", "\u{200F}"),
        ("a\r\nb\tc", "a\r\nb\tc"), ("", ""),
    ])
    func `escaping goes by scalar`(text: String, escaped: String) {
        #expect(HTMLText.escape(text).utf8.elementsEqual(escaped.utf8))
    }

    @Test
    func `a service's name can't become a tag of the template`() throws {
        let html = try PagesFixture.renderer(service: "{{{action}}} {{> login}}").text(PagesFixture.login("/there"))
        #expect(html.contains("&#123;&#123;&#123;action"))
    }
}

extension Sequence<UInt8> {
    /// Bytes, since `String` finds by canonical equivalence.
    func count(of pattern: some Sequence<UInt8>) -> Int {
        let bytes = Array(self)
        let pattern = Array(pattern)
        guard bytes.count >= pattern.count else { return 0 }
        return (0...(bytes.count - pattern.count)).count { bytes[$0...].starts(with: pattern) }
    }

    func contains(_ pattern: some Sequence<UInt8>) -> Bool { count(of: pattern) > 0 }
}
