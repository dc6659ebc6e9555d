import Expressions
import JOSE
import Testing

struct SandboxTests {
    private let sandbox: Sandbox
    private static let documents = ExpressionDocuments(
        user: [
            "username": "ada", "email": "ada@example.com", "groups": ["staff", "admins"], "level": 3, "guest": false,
            "quote": "it's \"so\"",
        ],
        client: ["client_id": "shop"], session: ["acr": "1", "amr": ["pwd"]],
        request: ["address": "10.1.2.3", "scope": "openid"])

    init() throws { sandbox = try Sandbox() }

    private func value(_ text: String) throws -> JSON { try sandbox.value(text).value(on: Self.documents) }
    private func decide(_ text: String) throws -> Bool { try sandbox.decision(text).isTrue(on: Self.documents) }

    @Test(
        arguments: [
            ("user ->> 'email'", "ada@example.com"), ("user -> 'groups'", ["staff", "admins"]),
            ("user -> 'guest'", false),
            ("user ->> 'level' + 1", 4), ("user ->> 'none'", nil), ("1.5", 1.5), ("'a' || 'b'", "ab"),
            ("upper('x')", "X"),
            ("user ->> 'quote'", "it's \"so\""), ("json_object('id', client ->> 'client_id')", ["id": "shop"]),
            ("(SELECT json_group_array(value) FROM json_each(user, '$.groups') WHERE value LIKE 'a%')", ["admins"]),
            ("iif(user ->> 'level' > 2, json('true'), json('false'))", true), ("1 = 1", 1), ("1 -- a comment", 1),
            ("CASE session ->> 'acr' WHEN '1' THEN 'low' ELSE 'high' END", "low"), ("x'00'", nil),
        ] as [(String, JSON)])
    func `an expression gives JSON`(text: String, expected: JSON) throws {
        guard text != "x'00'" else {
            // JSON has no bytes.
            #expect(throws: ExpressionError.self) { try value(text) }
            return
        }
        #expect(try value(text) == expected)
    }

    @Test(arguments: [
        ("1", true), ("0", false), ("2", false), ("NULL", false), ("'1'", false), ("1.0", false), ("json('1')", false),
        ("user ->> 'level' = 3", true), ("user ->> 'none' = 3", false), ("user ->> 'none' <> 3", false),
        ("in_network(request ->> 'address', '10.0.0.0/8')", true),
        ("in_network(request ->> 'address', '192.168.0.0/16')", false),
        ("in_network(request ->> 'address', 'office')", false),
        ("NOT in_network(request ->> 'address', 'office')", false),
        ("in_network('home', '10.0.0.0/8')", false), ("NOT in_network('home', '10.0.0.0/8')", false),
        ("in_network('::ffff:10.1.2.3', '10.0.0.0/8')", true),
        ("EXISTS (SELECT 1 FROM json_each(user, '$.groups') WHERE value = 'staff')", true),
    ])
    func `only the integer 1 decides for`(text: String, expected: Bool) throws {
        #expect(try decide(text) == expected)
    }

    @Test(arguments: [
        "", " ", "1 +", "1, 2", "1; SELECT 2", "1) FROM documents; DROP TABLE x; --", "1) UNION SELECT (2",
        "1 FROM documents UNION SELECT 2", "SELECT 1", "nothing", "\"email\"", "(1", "1)", "'open", "/* open",
        "user -> 'a' FROM documents --", "?5", "1 AS x, 2",
    ])
    func `what is not one expression is refused`(text: String) {
        #expect(throws: ExpressionError.self) { try sandbox.value(text) }
        #expect(throws: ExpressionError.self) { try sandbox.decision(text) }
    }

    @Test(arguments: [
        ("load_extension('x')", "the function load_extension"), ("random()", "the function random"),
        ("randomblob(9)", "the function randomblob"), ("zeroblob(9)", "the function zeroblob"),
        ("printf('%1000000d', 1)", "the function printf"), ("sqlite_version()", "the function sqlite_version"),
        ("(SELECT sql FROM sqlite_schema)", "the table sqlite_master"),
        ("(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c)", "recursion"),
    ])
    func `what has effects, reads elsewhere or recurses is forbidden`(text: String, what: String) {
        #expect(throws: ExpressionError.forbidden(what)) { try sandbox.value(text) }
    }

    @Test(arguments: [
        "(SELECT name FROM pragma_database_list)", "(SELECT * FROM readfile('/etc/passwd'))",
        "(SELECT value FROM generate_series(1, 10))", "readfile('/etc/passwd')", "writefile('x', 'y')",
        "fts3_tokenizer('x')", "(SELECT 1 FROM main.documents)",
        "(VALUES (1), (2)) IN (SELECT 1 FROM sqlite_temp_schema)",
    ])
    func `files, pragmas and other tables are out of reach`(text: String) {
        #expect(throws: ExpressionError.self) { try sandbox.value(text) }
    }

    // A document that the text doesn't name is never made, so ?1 would be NULL, and grant.
    @Test(arguments: ["?1", "coalesce(?1 ->> 'blocked', 0) = 0", "?", ":user", "@user", "$user", "?9"])
    func `a parameter stands for nothing`(text: String) {
        #expect(throws: ExpressionError.self) { try sandbox.decision(text) }
    }

    @Test func `an expression that takes too long ends, and the sandbox goes on`() throws {
        let many = "json('[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]')"
        let endless =
            "(SELECT count(*) FROM json_each(\(many)) a, json_each(\(many)) b, json_each(\(many)) c, "
            + "json_each(\(many)) d)"
        let expression = try sandbox.value(endless)
        for _ in 0..<3 {
            #expect(throws: ExpressionError.limit("it takes too many steps")) {
                try expression.value(on: Self.documents)
            }
            #expect(try value("1 + 1") == 2)
        }
    }

    @Test func `an expression may be used again and again`() throws {
        let expression = try sandbox.value("(SELECT count(*) FROM json_each(user, '$.groups'))")
        for _ in 0..<5000 { #expect(try expression.value(on: Self.documents) == 2) }
    }

    @Test(arguments: [
        "replace(replace(replace(hex(user ->> 'email'), '6', hex(hex(user))), '6', hex(hex(user))), '3', hex(user))",
        "hex(hex(hex(hex(hex(hex(hex(hex(hex(hex(user))))))))))",
    ])
    func `a value beyond the limit is no value`(text: String) throws {
        let expression = try sandbox.value(text)
        #expect {
            try expression.value(on: Self.documents)
        } throws: {
            if case .limit = $0 as? ExpressionError { true } else { false }
        }
    }

    @Test func `a document beyond the limit is refused`() throws {
        let large = ExpressionDocuments(
            user: ["note": .string(String(repeating: "x", count: 70_000))], client: [:], session: [:], request: [:])
        #expect(throws: ExpressionError.self) { try sandbox.value("user ->> 'note'").value(on: large) }
        #expect(try value("1") == 1)
    }

    /// Tells which documents were asked for.
    private final class Asked: ExpressionDocumentSource {
        private(set) var documents: Set<ExpressionDocument> = []

        func text(of document: ExpressionDocument) -> [UInt8]? {
            documents.insert(document)
            return SandboxTests.documents.text(of: document)
        }
    }

    @Test(
        arguments: [
            ("1", []), ("user ->> 'email'", [.user]),
            ("client -> 'x' IS NULL OR request IS NULL", [.client, .request]),
            ("(SELECT count(*) FROM json_each(USER, '$.groups') WHERE value = 'staff')", [.user]),
            ("(SELECT a FROM (SELECT session ->> 'acr' AS a))", [.session]), ("[Client] ->> 'client_id'", [.client]),
            ("documents.\"user\"", [.user, .client, .session, .request]),
            (
                "(WITH d(a, b, c, e) AS (SELECT * FROM documents) SELECT json_array(a, b, c, e) FROM d)",
                [.user, .client, .session, .request]
            ),
        ] as [(String, Set<ExpressionDocument>)])
    func `the documents that it names are made, and they are there`(
        text: String, expected: Set<ExpressionDocument>
    ) throws {
        let asked = Asked()
        let value = try sandbox.value(text).value(on: asked)
        #expect(asked.documents == expected)
        #expect(try value == self.value(text))
    }

    /// There is a client, and nobody has signed in.
    private struct ClientAlone: ExpressionDocumentSource {
        func text(of document: ExpressionDocument) -> [UInt8]? {
            document == .client ? SandboxTests.documents.text(of: document) : nil
        }
    }

    @Test(
        arguments: [
            ("user IS NULL AND session IS NULL AND request IS NULL", 1), ("user ->> 'email'", .null),
            ("(SELECT count(*) FROM json_each(user, '$.groups'))", 0), ("client IS NOT NULL", 1),
        ] as [(String, JSON)])
    func `a document that isn't there is NULL, also after one that was`(text: String, expected: JSON) throws {
        let expression = try sandbox.value(text)
        _ = try expression.value(on: Self.documents)
        #expect(try expression.value(on: ClientAlone()) == expected)
    }

    @Test func `an expression that fails for one user works for the next`() throws {
        let expression = try sandbox.value("json(user ->> 'email')")
        #expect(throws: ExpressionError.self) { try expression.value(on: Self.documents) }
        let good = ExpressionDocuments(user: ["email": "[1]"], client: [:], session: [:], request: [:])
        #expect(try expression.value(on: good) == [1])
    }

    @Test func `a text too long to be an expression is refused`() {
        #expect(throws: ExpressionError.self) { try sandbox.value("1" + String(repeating: " + 1", count: 2000)) }
        #expect(throws: ExpressionError.self) { try sandbox.value("1\0") }
    }
}
