import FCGIBridge
import JOSE
import OIDCLogic

@testable import Handlers
@testable import SQLiteStore

/// What an app that registers itself sends.
enum RegistrationRequest {
    static let good = #"{"redirect_uris":["https://new.example/callback"]}"#

    static func metadata(_ change: [String: JSON?]) -> [UInt8] {
        var members: [String: JSON] = ["redirect_uris": ["https://app.example/callback"]]
        for (name, value) in change { members[name] = value }
        return JSON.object(members).serialized()
    }
}

extension HandlerFixture {
    /// An initial access token's text.
    func issue(_ permit: RegistrationPermit = RegistrationPermit(), uses: Int = 1) throws -> String {
        let now = now
        let tokens = InitialAccessTokenAdministration(store: store, now: { now })
        return try tokens.issue(permit, uses: uses).text.text
    }

    func register(_ change: [String: JSON?], by token: String?) -> Response {
        register(body: RegistrationRequest.metadata(change), authorization: token.map { "Bearer \($0)" })
    }

    func register(body: [UInt8], by token: String, contentType: String = "application/json; charset=utf-8") -> Response
    {
        register(body: body, authorization: "Bearer \(token)", contentType: contentType)
    }

    func register(body: [UInt8], authorization: String?, contentType: String = "application/json") -> Response {
        let headers: KeyValuePairs<String, String> =
            if let authorization {
                ["Content-Type": contentType, "Authorization": authorization]
            } else {
                ["Content-Type": contentType]
            }
        return respond(.register, Request(method: .post, handler: "register", body: body, headers: headers))
    }

    /// A request to the client configuration endpoint.
    func configure(
        _ method: Method, _ registration: String, by token: String, _ members: [String: JSON]? = nil
    ) -> Response {
        respond(
            .clientConfiguration,
            Request(
                method: method, handler: "client-configuration", tail: registration,
                body: members.map { JSON.object($0).serialized() } ?? [],
                headers: ["Content-Type": "application/json", "Authorization": "Bearer \(token)"]))
    }
}
