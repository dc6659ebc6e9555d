import JOSE
import Testing

@testable import Handlers

/// Attributes as the console shows them, and as somebody may type them.
struct AttributeLinesTests {
    private static let former: JSON = [
        "name": "Ada", "email": "ada@app.example", "locale": "de", "staff": true,
        "address": ["region": "Bern", "country": "CH"],
    ]

    private func patch(_ lines: [String]) throws(AdministrationProblem) -> [String: JSON] {
        try AttributeLines(typed: lines).patch(of: Self.former)
    }

    @Test func `what has a field of its own is not among them`() {
        #expect(
            AttributeLines(of: Self.former).lines == [
                #"address={"country":"CH","region":"Bern"}"#, #"locale="de""#, "staff=true",
            ])
    }

    @Test func `what is sent back as it was shown changes nothing`() throws {
        #expect(try patch(AttributeLines(of: Self.former).lines).isEmpty)
    }

    @Test func `a line that is gone takes its attribute out, within objects as well`() throws {
        #expect(
            try patch([#"address={"country":"CH"}"#, "staff=false", "level=3"]) == [
                "address": ["region": .null], "locale": .null, "staff": false, "level": 3,
            ])
    }

    @Test(arguments: ["locale", "locale=de", "=1", "locale=null", #"name="Ada""#, "level=1\u{0}"])
    func `what is no attribute is told`(line: String) {
        let refused = #expect(throws: AdministrationProblem.self) { _ = try patch([line]) }
        #expect(refused?.member == "attributes" && refused?.detail.contains("\"\(line)\" ") == true)
    }

    @Test func `every line that is none is told, with what would be right`() {
        let refused = #expect(throws: AdministrationProblem.self) {
            _ = try patch(["staff", "locale=de", #"level="3""#, "email=1", "level=4"])
        }
        #expect(
            refused?.faults == [
                #""staff" is no NAME=JSON, such as locale="de" or staff=true"#,
                #""locale=de" has a value that is not JSON; a text needs quotes, as in locale="…""#,
                #""email=1" has no place here: email has a field of its own"#,
                #""level=4" says level once more; leave one of the lines out"#,
            ])
    }

    @Test func `an attribute is there once`() {
        #expect(throws: AdministrationProblem.self) { _ = try patch(["level=1", "level=2"]) }
    }
}
