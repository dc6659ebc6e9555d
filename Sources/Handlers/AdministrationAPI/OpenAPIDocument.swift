import FCGIBridge
import JOSE
import OIDCLogic

/// What the administration API is, as machines read it (OpenAPI 3.1).
struct OpenAPIDocument {
    let issuer: Issuer

    var json: JSON {
        var paths: [String: [String: JSON]] = [:]
        for route in AdministrationRoute.all {
            paths["/\(route.path)", default: [:]][route.method.rawValue.lowercased()] = operation(route)
        }
        return .object([
            "openapi": "3.1.0",
            "info": .object([
                "title": "Postern administration", "version": "1",
                "description": .string(
                    "Call it with an access token for \(AdministrationScope.resource(of: issuer)) (RFC 8707). A refusal is "
                        + "a problem (RFC 9457)."),
            ]),
            "servers": [.object(["url": .string(AdministrationScope.resource(of: issuer))])],
            "paths": .object(paths.mapValues(JSON.object)),
            "components": .object([
                "schemas": .object(AdministrationSchemas.all),
                "securitySchemes": .object([
                    "postern": .object([
                        "type": "oauth2",
                        "flows": .object([
                            "clientCredentials": .object(["tokenUrl": tokenURL, "scopes": .object(scopes)]),
                            "authorizationCode": .object([
                                "authorizationUrl": .string(issuer.endpoint("authorize")), "tokenUrl": tokenURL,
                                "scopes": .object(scopes),
                            ]),
                        ]),
                    ])
                ]),
            ]),
        ])
    }

    private var tokenURL: JSON { .string(issuer.endpoint("token")) }

    private var scopes: [String: JSON] {
        Dictionary(
            uniqueKeysWithValues: AdministrationScope.allCases.map { ($0.rawValue, .string($0.description)) })
    }

    private func operation(_ route: AdministrationRoute) -> JSON {
        var members: [String: JSON] = [
            "operationId": .string(operationID(route)), "summary": .string(route.summary),
            "security": [.object(["postern": [.string(route.scope.rawValue)]])],
            "parameters": .array(parameters(route)), "responses": .object(responses(route)),
        ]
        if let body = route.body {
            let type = route.method == .patch ? "application/merge-patch+json" : "application/json"
            members["requestBody"] = .object([
                "required": true,
                "content": .object([type: .object(["schema": JSONSchema.reference(body)])]),
            ])
        }
        return .object(members)
    }

    /// Such as `patch_clients_client_id`.
    private func operationID(_ route: AdministrationRoute) -> String {
        let words = "\(route.path)".split { !$0.isLetter && $0 != "_" }
        return ([Substring(route.method.rawValue.lowercased())] + words).joined(separator: "_")
    }

    private func parameters(_ route: AdministrationRoute) -> [JSON] {
        let inPath = route.path.variables.map { name in
            parameter(name, in: "path", isRequired: true, JSONSchema.text(atLeast: 1, atMost: 255))
        }
        let inQuery = route.query.compactMap { name in
            AdministrationSchemas.parameters[name].map {
                parameter(name, in: "query", isRequired: false, $0.schema, $0.description)
            }
        }
        let header = parameter(
            "If-Match", in: "header", isRequired: true, JSONSchema.text(),
            "The ETag of what you have seen, or * to overwrite whatever is there")
        return inPath + inQuery + (route.needsMatch ? [header] : [])
    }

    private func parameter(
        _ name: String, in place: String, isRequired: Bool, _ schema: JSON, _ description: String? = nil
    ) -> JSON {
        var members: [String: JSON] = [
            "name": .string(name), "in": .string(place), "required": .bool(isRequired), "schema": schema,
        ]
        members["description"] = description.map(JSON.string)
        return .object(members)
    }

    private func responses(_ route: AdministrationRoute) -> [String: JSON] {
        var responses: [String: JSON] = ["default": response("A refusal", "application/problem+json", "Problem")]
        responses["\(route.answer.status.code)"] = response(
            route.answer.status.reason, "application/json", route.answer.schema)
        if route.isRepeatable, let schema = route.answer.schema {
            responses["200"] = response("It was there, and is the same", "application/json", schema)
        }
        return responses
    }

    private func response(_ description: String, _ type: String, _ schema: String?) -> JSON {
        var members: [String: JSON] = ["description": .string(description)]
        if let schema { members["content"] = .object([type: .object(["schema": JSONSchema.reference(schema)])]) }
        return .object(members)
    }
}
