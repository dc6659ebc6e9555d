import JOSE
import Testing

@testable import OIDCLogic

@Suite struct ClientTranslationsTests {
    private func metadata(_ members: [String: JSON]) throws -> ClientMetadata {
        let good: [String: JSON] = ["redirect_uris": ["https://app.example/callback"], "client_name": "Orders"]
        return try ClientMetadata(.object(good.merging(members) { _, new in new }))
    }

    private func fault(_ members: [String: JSON]) throws -> ClientMetadataError {
        try #require(throws: ClientMetadataError.self) { try metadata(members) }
    }

    @Test func `a translation is kept, answered, and read again as it was`() throws {
        let metadata = try metadata([
            "client_name#de": "Bestellungen", "client_name#pt-BR": "Pedidos",
            "policy_uri#de": "https://app.example/datenschutz",
        ])
        #expect(metadata.json["client_name#de"] == "Bestellungen" && metadata.json["client_name#pt-BR"] == "Pedidos")
        #expect(try ClientMetadata(stored: metadata.json) == metadata)
        #expect(try ClientMetadata(metadata.json) == metadata)
    }

    @Test(arguments: [
        ("de", "Bestellungen"), ("de-AT", "Bestellungen"), ("DE", "Bestellungen"), ("pt-BR", "Pedidos"),
        ("pt", "Pedidos"), ("pt-PT", "Pedidos"), ("fr", "Orders"), ("d", "Orders"),
    ])
    func `whoever reads a language sees it, and the rest what has no tag`(language: String, name: String) throws {
        let metadata = try metadata([
            "client_name#de": "Bestellungen", "client_name#pt-BR": "Pedidos", "tos_uri": "https://app.example/terms",
            "tos_uri#de": "https://app.example/agb",
        ])
        let localized = metadata.localized(in: language)
        #expect(localized.name == name)
        #expect(localized.tosURI?.value.hasSuffix("/agb") == (name == "Bestellungen"))
    }

    @Test(arguments: [
        ("client_name#", "has no language tag"), ("client_name#d", "has no language tag"),
        ("client_name#de_DE", "has no language tag"), ("client_name#de-", "has no language tag"),
        ("client_name#1a", "has no language tag"), ("client_name#de#fr", "has no language tag"),
        ("client_name#\(String(repeating: "a-", count: 18))b", "has no language tag"),
    ])
    func `a tag must be one`(name: String, told: String) throws {
        let error = try fault([name: "x"])
        #expect(error.member == name && error.fault.contains(told))
    }

    @Test func `a translation is validated as what it translates`() throws {
        #expect(try fault(["client_name#de": 1]).fault.contains("must be a string"))
        #expect(try fault(["client_name#de": "a\nb"]).fault.contains("control character"))
        #expect(try fault(["client_uri#de": "javascript:alert(1)"]).fault.contains("https or http URI"))
        #expect(try fault(["client_name#de": "a", "client_name#DE": "b"]).fault.contains("there twice"))
        let many = (0...100).map {
            (
                "client_name#a\(UnicodeScalar(UInt8(97 + $0 / 26)))\(UnicodeScalar(UInt8(97 + $0 % 26)))",
                JSON.string("x")
            )
        }
        #expect(try fault(Dictionary(uniqueKeysWithValues: many)).fault.contains("at most 100"))
    }

    @Test func `what has no words for people has no translations, and an empty one is none`() throws {
        let metadata = try metadata(["contacts#de": 1, "unknown#de": 1, "client_name#de": "", "logo_uri#de": .null])
        #expect(metadata.translations == .none)
        #expect(ClientMetadata.knows("client_name#de") && !ClientMetadata.knows("contacts#de"))
    }

    @Test func `once approved, a translation stays what it was`() throws {
        let approved = ApprovedMetadata(try metadata(["client_name#de": "Bestellungen"]))
        #expect(throws: Never.self) { try approved.check(metadata(["client_name#de": "Bestellungen"])) }
        #expect(throws: Never.self) { try approved.check(metadata([:])) }
        for other in [["client_name#de": "Bank"], ["client_name#fr": "Banque"]] as [[String: JSON]] {
            #expect(throws: ClientMetadataError.self) { try approved.check(metadata(other)) }
        }
    }
}
