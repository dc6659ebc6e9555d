import JOSE
import OIDCLogic
import Testing

@testable import Handlers

@Suite struct UserFileTests {
    /// Of "correct horse", by `htpasswd -nbB`.
    static let bcrypt = "$2y$05$mjWjggRqHp0TaC40LarTo.rnmLD5Ap9Vsi/4NwWfITP/1Tf/MCgt6"

    private func faults(_ text: String, _ format: UserFileFormat) -> [String] {
        let file = format.read(Array(text.utf8))
        return file.faults.map { "\($0.line): \($0.text)" }
    }

    private func attributes(_ text: String, _ format: UserFileFormat) throws -> [[String: JSON]] {
        let file = format.read(Array(text.utf8))
        #expect(file.faults == [])
        return try file.records.map { try $0.attributes.applied(to: [:]) }
    }

    @Test(
        arguments: [
            ("users.csv", .csv), ("a/b.d/Users.CSV", .csv), (".htpasswd", .htpasswd),
            ("/etc/nginx/htpasswd", .htpasswd),
            ("site.htpasswd", .htpasswd), ("users.jsonl", .jsonLines), ("users.ndjson", .jsonLines),
            ("users.json", nil),
            ("-", nil), ("", nil), ("users.csv/", .csv), ("csv.d/users", nil),
        ] as [(String, UserFileFormat?)])
    func `a file's name says its format`(name: String, format: UserFileFormat?) {
        #expect(UserFileFormat(fileName: name) == format)
    }

    @Test func `a column of CSV is a member, an attribute or JSON`() throws {
        let text = """
            \u{FEFF}username,email,email_verified,other_emails,attribute:address,attribute:level,department,disabled,sub\r
            ada,ada@example.com,TRUE,a@example.com b@example.com,"{""locality"": ""London""}",3,R&D,true,ada-1\r
            "gr,ace",,,,,,"Ships\n""and"" more",,\r

            """
        let file = UserFileFormat.csv.read(Array(text.utf8))
        #expect(
            try attributes(text, .csv) == [
                [
                    "email": "ada@example.com", "email_verified": true, "address": ["locality": "London"], "level": 3,
                    "department": "R&D",
                    "other_emails": [
                        ["address": "a@example.com", "verified": false],
                        ["address": "b@example.com", "verified": false],
                    ],
                ], ["department": "Ships\n\"and\" more"],
            ])
        #expect(file.records.map(\.username.value) == ["ada", "gr,ace"])
        #expect(file.records.map(\.line) == [2, 3])
        #expect(file.records.map(\.isDisabled) == [true, nil])
        #expect(file.records.map { $0.id?.value } == ["ada-1", nil])
    }

    @Test func `every fault of a CSV file is told with its line and its value`() {
        let text = """
            username,password_hash,email,email_verified,attribute:level
            ada,\(Self.bcrypt),ada,perhaps,3
            ,{SHA}2PRZAyDhNDqRW2OUFwZQqPNcqFU=,,,
            grace,,grace@example.com,,high
            "line
            break",,,,
            eve,,
            """
        let said = faults(text, .csv)
        #expect(said[0] == "2: email_verified is \"perhaps\"; it must be true or false")
        #expect(said[1] == "3: there is no username")
        #expect(said[2].hasPrefix("4: attribute:level is high, which is not JSON"))
        #expect(said[3].hasPrefix("5: username is \"line\nbreak\": a user name can't have control"))
        #expect(said[4] == "7: there are 3 fields, and the first line names 5")
        #expect(said.count == 5)
    }

    @Test(arguments: [
        ("", "1: the file is empty"),
        ("name,email\n", "1: there is no column \"username\""),
        ("username;email\n", "1: the columns must be separated by commas"),
        ("username\temail\n", "1: the columns must be separated by commas"),
        ("username,email,email\n", "1: the column \"email\" is there twice"),
        ("username,locale,attribute:locale\n", "1: the column \"attribute:locale\" is there twice"),
        ("username,password,password_hash\n", "1: the columns password and password_hash exclude each other"),
        ("username,scope\n", "1: \"scope\" is said by the service itself"),
        ("username, email\n", "1: the attribute's name \" email\" must be"),
        ("username,\n", "1: a column has no name"),
        ("username\n\"ada", "2: the quote that opens here is never closed"),
    ])
    func `a header that can't be understood is the only fault`(text: String, said: String) {
        let said2 = faults(text, .csv)
        #expect(said2.count == 1)
        #expect(said2.first?.hasPrefix(said) == true, "\(said2)")
    }

    @Test func `text of another encoding is refused`() {
        let latin = Array("username,name\nada,Zo".utf8) + [0xEB, 0x0A]
        let said = UserFileFormat.csv.read(latin).faults
        #expect(said == [UserFileFault(line: 2, "name is not UTF-8; save the file as \"CSV UTF-8\"")])
        #expect(UserFileFormat.htpasswd.read([0xEB, 0x3A, 0x41]).faults == [.init(line: 1, "the line is not UTF-8")])
        #expect(UserFileFormat.jsonLines.read([0xEB]).faults == [.init(line: 1, "the line is not UTF-8")])
    }

    @Test func `a file of htpasswd has bcrypt, comments and empty lines`() throws {
        let text = "# staff\r\nada:\(Self.bcrypt)\r\n\n\u{EB}ve:\(Self.bcrypt):a comment\n"
        let file = UserFileFormat.htpasswd.read(Array(text.utf8))
        #expect(file.faults == [])
        #expect(file.records.map(\.username.value) == ["ada", "\u{EB}ve"])
        for record in file.records {
            guard case .hash(let hash) = record.credential else {
                Issue.record("there is no hash")
                continue
            }
            #expect(PasswordHash.verify("correct horse".utf8, hash))
        }
    }

    @Test(arguments: [
        "$apr1$Ss7mR1cL$N8dWjAvTXoTvnKFc3kVXy/", "{SHA}2PRZAyDhNDqRW2OUFwZQqPNcqFU=", "rqXexS6ZhobKA", "letmein", "",
        "$2y$05$0Qdn4A0yDYIOlnfoxXMISu", "$2y$31$0Qdn4A0yDYIOlnfoxXMISuFbhZfcjZ.KSxuXXWtrvkpWDKRGVnXy.",
    ])
    func `a hash that doesn't serve is refused with advice, and not shown`(hash: String) {
        let said = faults("ok:\(Self.bcrypt)\nada:\(hash)\n", .htpasswd)
        #expect(said.count == 1)
        #expect(said.first?.hasPrefix("2: ") == true)
        #expect(said.first?.contains("htpasswd -B") == true)
        #expect(hash.isEmpty || said.first?.contains(hash) == false)
    }

    @Test func `a line without a colon is not shown: it may be a password`() {
        #expect(faults("letmein\n", .htpasswd) == ["1: the line must be NAME:HASH, as \"htpasswd -B\" writes it"])
    }

    @Test(arguments: [
        ("[]", "the line must be a JSON object"),
        ("{", "the line is not JSON"),
        (#"{"username":"a","username":"b"}"#, "the JSON names a member twice"),
        (#"{"username":1}"#, "username must be a string"),
        ("{}", "there is no username"),
        (#"{"username":" ada"}"#, "username is \" ada\": a user name can't begin or end with a space"),
        (#"{"username":"ada","sub":"a b"}"#, "sub is \"a b\"; it must have 1 to 255"),
        (#"{"username":"ada","sub":""}"#, "sub is \"\"; it must have 1 to 255"),
        (#"{"username":"ada","disabled":"no"}"#, "disabled is \"no\"; it must be true or false"),
        (#"{"username":"ada","roles":"clerk"}"#, "roles is \"clerk\"; it must be an array of strings"),
        (#"{"username":"ada","groups":[1]}"#, "groups is [1]; it must be an array of strings"),
        (#"{"username":"ada","created_at":-1}"#, "created_at is -1; it must be a number of seconds"),
        (#"{"username":"ada","updated_at":"now"}"#, "updated_at is \"now\"; it must be a number of seconds"),
        (#"{"username":"ada","attributes":[]}"#, "attributes must be an object"),
        (#"{"username":"ada","attributes":{"sub":"x"}}"#, "\"sub\" is said by the service itself"),
        (#"{"username":"ada","pasword":"x"}"#, "there is no member \"pasword\"; an attribute of your own goes into"),
        (#"{"username":"ada","password":"short"}"#, "the password has fewer than 8 characters"),
        (#"{"username":"ada","password_hash":"{SHA}x"}"#, "The password hash is unsalted SHA-1"),
        (
            #"{"username":"ada","password":"long enough","password_hash":"\#(bcrypt)"}"#,
            "password and password_hash exclude each other"
        ),
    ])
    func `a member that can't be is refused`(line: String, said: String) {
        let all = faults("{\"username\":\"ok\"}\n\n\(line)\n", .jsonLines)
        #expect(all.count == 1)
        #expect(all.first?.hasPrefix("3: \(said)") == true, "\(all)")
    }

    @Test func `null says nothing, and takes an attribute out`() throws {
        let line = #"{"username":"ada","sub":null,"password_hash":null,"attributes":{"locale":null,"name":"Ada"}}"#
        let record = try #require(UserFileFormat.jsonLines.read(Array(line.utf8)).records.first)
        #expect(record.id == nil && record.credential == nil)
        #expect(try record.attributes.applied(to: ["locale": "de"]) == ["name": "Ada"])
    }
}
