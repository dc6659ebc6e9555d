import JOSE
import Testing

@testable import OIDCLogic

/// RFC 8707.
struct ResourceServersTests {
    private static let api = "https://api.example/"
    private static let slow = "https://slow.example/"
    private static let rsa = "urn:rsa"

    private let client = Result {
        try Client.fixture(metadata: ["resources": [.string(api), .string(slow), .string(rsa)]])
    }
    private let servers = ResourceServers([
        ResourceIndicator(stored: slow): ResourceServer(accessTokenLifetime: 60),
        ResourceIndicator(stored: rsa): ResourceServer(signingAlgorithm: .rs256),
    ])

    private func profile(_ resources: String...) throws -> AccessTokenProfile {
        try servers.profile(
            for: resources.map(ResourceIndicator.init(stored:)), client: client.get(), issuer: .fixture(),
            lifetimes: Lifetimes())
    }

    @Test func `each resource says how its tokens are`() throws {
        #expect(try profile(Self.api) == AccessTokenProfile(audience: [Self.api], lifetime: 3600, algorithm: .es256))
        #expect(try profile(Self.slow).lifetime == 60)
        #expect(try profile(Self.rsa).algorithm == .rs256)
        #expect(
            try profile(Self.api, Self.slow)
                == AccessTokenProfile(audience: [Self.api, Self.slow], lifetime: 60, algorithm: .es256))
        #expect(servers.algorithms == [.es256, .rs256])
    }

    @Test func `one token can't be signed in two ways`() throws {
        let error = #expect(throws: OAuthError.self) { try profile(Self.api, Self.rsa) }
        #expect(error?.code == .invalidTarget)
    }

    private func resources(_ values: String...) throws -> [String] {
        try Parameters(values.map { (name: "resource", value: $0) }).resources(for: client.get()).map(\.value)
    }

    @Test func `a client may ask for those that it is allowed, also for several`() throws {
        #expect(try resources() == [])
        #expect(try resources(Self.api, Self.slow, Self.api) == [Self.api, Self.slow])
    }

    // §2: "MUST be an absolute URI … MUST NOT include a fragment component".
    @Test(arguments: [
        "https://other.example/", "https://api.example", "https://API.example/", "https://api.example/#", "api", "/",
        "https://api.example/\u{E9}",
    ])
    func `another is invalid_target`(value: String) throws {
        let error = #expect(throws: OAuthError.self) { try resources(Self.api, value) }
        #expect(error?.code == .invalidTarget)
    }

    @Test func `at the token endpoint it is one of what was granted`() throws {
        let granted = [ResourceIndicator(stored: Self.api), ResourceIndicator(stored: Self.slow)]
        func at(_ values: String...) throws -> [String] {
            try Parameters(values.map { (name: "resource", value: $0) }).resources(for: client.get(), within: granted)
                .map(\.value)
        }
        #expect(try at() == [Self.api, Self.slow])
        #expect(try at(Self.slow) == [Self.slow])
        #expect(throws: OAuthError.self) { try at(Self.rsa) }
    }
}
