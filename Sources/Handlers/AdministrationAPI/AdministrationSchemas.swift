import JOSE
import OIDCLogic

/// What the bodies and answers of the administration API look like.
enum AdministrationSchemas {
    static let all: [String: JSON] = named.merging(lists) { first, _ in first }

    /// Parameters of the query.
    static let parameters: [String: (description: String, schema: JSON)] = [
        "search": ("The beginning of what is looked for", JSONSchema.text(atMost: 255)),
        "after": ("What the page before gave as next", JSONSchema.text()),
        "limit": ("How many things a page has; 50 unless it is said", JSONSchema.integer(1...200)),
        "user": ("A user name, or a sub", JSONSchema.text(atMost: 255)),
        "event": ("What the events' words begin with", JSONSchema.text(atMost: 64)),
        "since": ("A time, or how long ago: 2026-11-24T13:50:12Z, 90m, 30d", JSONSchema.text(atMost: 64)),
        "until": ("The same; not included", JSONSchema.text(atMost: 64)),
        "client_id": ("A client's id", JSONSchema.text(atMost: 255)),
    ]

    private static let lists: [String: JSON] = Dictionary(
        uniqueKeysWithValues: [
            "Client", "User", "Session", "Role", "Group", "Scope", "RegistrationToken", "Key", "AuditRecord",
        ].map {
            (
                "\($0)List",
                JSONSchema.object(
                    [
                        "items": JSONSchema.list(JSONSchema.reference($0)),
                        "next": JSONSchema.text("Send it as after, to have the next page; absent: there is none"),
                    ], required: ["items"])
            )
        })

    private static let named: [String: JSON] = [
        "Problem": JSONSchema.object(
            [
                "type": JSONSchema.text(), "title": JSONSchema.text(), "status": JSONSchema.integer(400...599),
                "detail": JSONSchema.text("What happened, which value was wrong, what to do"),
                "member": JSONSchema.text("The member that is wrong"),
                "refusal": JSONSchema.text("What the log knows it by"),
            ], required: ["type", "title", "status", "detail", "refusal"]),

        "Client": JSONSchema.object(shownClient, required: clientAlways, isOpen: true),
        "ClientWithSecret": JSONSchema.object(
            shownClient.merging([
                "client_secret": JSONSchema.text("Shown this once"), "client_secret_expires_at": JSONSchema.time,
            ]) { first, _ in first }, required: clientAlways, isOpen: true),
        "NewClient": JSONSchema.object(writtenClient.mapValues(JSONSchema.orNull), isOpen: true),
        "ClientChange": JSONSchema.object(writtenClient.mapValues(JSONSchema.orNull), isOpen: true),
        "NewSecret": JSONSchema.object([
            "overlap": JSONSchema.orNull(JSONSchema.integer(0...SecretOverlap.longest, "In seconds"))
        ]),
        "ClientSecret": JSONSchema.object(
            [
                "client_id": JSONSchema.text(), "client_secret": JSONSchema.text("Shown this once"),
                "client_secret_expires_at": JSONSchema.time, "former_secret_expires_at": JSONSchema.time,
            ], required: ["client_id", "client_secret", "client_secret_expires_at"]),

        "User": JSONSchema.object(
            [
                "sub": JSONSchema.text(), "username": JSONSchema.text(), "disabled": JSONSchema.boolean,
                "has_password": JSONSchema.boolean, "attributes": JSONSchema.object([:], isOpen: true),
                "roles": JSONSchema.list(), "groups": JSONSchema.list(), "created_at": JSONSchema.time,
                "updated_at": JSONSchema.time,
            ],
            required: [
                "sub", "username", "disabled", "has_password", "attributes", "roles", "groups", "created_at",
                "updated_at",
            ]),
        "NewUser": JSONSchema.object(
            userMembers.mapValues(JSONSchema.orNull).merging([
                "username": JSONSchema.text(atLeast: 1, atMost: 255)
            ]) { $1 }, required: ["username"]),
        "UserChange": JSONSchema.object(
            userMembers.mapValues(JSONSchema.orNull).merging([
                "username": JSONSchema.text(atLeast: 1, atMost: 255), "disabled": JSONSchema.boolean,
                "password": password,
            ]) { $1 }),
        "Session": JSONSchema.object(
            [
                "id": JSONSchema.text(), "sub": JSONSchema.text(), "auth_time": JSONSchema.time,
                "amr": JSONSchema.list(), "acr": JSONSchema.text(), "created_at": JSONSchema.time,
                "last_used_at": JSONSchema.time, "expires_at": JSONSchema.time,
            ],
            required: ["id", "sub", "auth_time", "amr", "acr", "created_at", "last_used_at", "expires_at"]),

        "Role": JSONSchema.object(
            [
                "role": JSONSchema.text("NAME, or NAME@CLIENT for a role of one client"), "name": JSONSchema.text(),
                "client_id": JSONSchema.text(), "description": JSONSchema.text(), "declared_in": declaringFile,
            ], required: ["role", "name"]),
        "NewRole": JSONSchema.object(
            [
                "name": JSONSchema.text(atLeast: 1, atMost: 255),
                "client_id": JSONSchema.orNull(JSONSchema.text("The client that has it")),
                "description": JSONSchema.orNull(description),
            ], required: ["name"]),
        "Group": JSONSchema.object(
            [
                "name": JSONSchema.text(), "description": JSONSchema.text(), "roles": JSONSchema.list(),
                "declared_in": declaringFile,
            ],
            required: ["name", "roles"]),
        "NewGroup": JSONSchema.object(
            [
                "name": JSONSchema.text(atLeast: 1, atMost: 255), "description": JSONSchema.orNull(description),
                "roles": JSONSchema.orNull(JSONSchema.list()),
            ], required: ["name"]),
        "GroupChange": JSONSchema.object([
            "description": JSONSchema.orNull(description), "roles": JSONSchema.orNull(JSONSchema.list()),
        ]),
        "Scope": JSONSchema.object(
            ["name": JSONSchema.text(), "description": JSONSchema.text(), "declared_in": declaringFile],
            required: ["name"]),
        "NewScope": JSONSchema.object(
            ["name": JSONSchema.text(atLeast: 1, atMost: 255), "description": JSONSchema.orNull(description)],
            required: ["name"]),
        "Description": JSONSchema.object(["description": JSONSchema.orNull(description)]),

        "RegistrationToken": JSONSchema.object(shownToken, required: tokenAlways),
        "RegistrationTokenWithText": JSONSchema.object(
            shownToken.merging([
                "token": JSONSchema.text("Shown this once"), "registration_endpoint": JSONSchema.text(),
            ]) { first, _ in first }, required: tokenAlways + ["token", "registration_endpoint"]),
        "NewRegistrationToken": JSONSchema.object(
            permit.merging([
                "uses": JSONSchema.integer(1...10_000, "How many clients it registers; 1 unless it is said"),
                "lifetime": JSONSchema.integer(1...31_536_000, "In seconds; 600 unless it is said"),
                "note": description,
            ]) { first, _ in first }.mapValues(JSONSchema.orNull)),

        "AuditRecord": JSONSchema.object(
            [
                "position": JSONSchema.integer(0...Int64.max), "time": JSONSchema.text(), "event": JSONSchema.text(),
                "actor": JSONSchema.object(["kind": JSONSchema.text(), "id": JSONSchema.text()], required: ["kind"]),
                "via": JSONSchema.text(),
                "object": JSONSchema.object(
                    ["kind": JSONSchema.text(), "id": JSONSchema.text()], required: ["kind", "id"]),
                "address": JSONSchema.text(), "request_id": JSONSchema.text(), "client_id": JSONSchema.text(),
                "sub": JSONSchema.text(), "before": JSONSchema.object([:], isOpen: true),
                "after": JSONSchema.object([:], isOpen: true),
            ], required: ["position", "time", "event", "actor", "via", "object"]),
        "Activity": JSONSchema.object(
            [
                "sessions": JSONSchema.integer(0...Int64.max), "sign_ins_by_hour": JSONSchema.list(span),
                "sign_ins_by_day": JSONSchema.list(span), "failures_by_hour": JSONSchema.list(span),
            ], required: ["sessions", "sign_ins_by_hour", "sign_ins_by_day", "failures_by_hour"]),

        "Key": JSONSchema.object(
            [
                "kid": JSONSchema.text(), "alg": JSONSchema.text(), "status": JSONSchema.text(),
                "created_at": JSONSchema.time, "public_jwk": JSONSchema.object([:], isOpen: true),
            ], required: ["kid", "alg", "status", "created_at", "public_jwk"]),
    ]

    private static let declaringFile = JSONSchema.text("The file that declares it, and that alone changes it")
    private static let span = JSONSchema.object(
        ["start": JSONSchema.time, "count": JSONSchema.integer(0...Int64.max)], required: ["start", "count"])

    private static let description = JSONSchema.text("What people read", atMost: 200)

    private static let password = JSONSchema.text(
        "A reset: all sessions and grants end", atLeast: 8, atMost: Int64(PasswordHash.maximumPasswordBytes))

    private static let userMembers: [String: JSON] = [
        "password": password,
        "attributes": JSONSchema.object([:], isOpen: true), "roles": JSONSchema.list(), "groups": JSONSchema.list(),
    ]

    private static let permit: [String: JSON] = [
        "preset": JSONSchema.choice(ClaimPreset.allCases.map(\.rawValue)),
        "first_party": JSONSchema.boolean, "scope": JSONSchema.text("All that its clients may have"),
        "grant_types": JSONSchema.list(JSONSchema.choice(GrantType.allCases.map(\.rawValue))),
        "redirect_hosts": JSONSchema.list(), "resources": JSONSchema.list(),
    ]

    private static let shownToken = permit.merging([
        "id": JSONSchema.text(), "note": JSONSchema.text(), "uses": JSONSchema.integer(1...10_000),
        "uses_left": JSONSchema.integer(0...10_000), "state": JSONSchema.text(), "created_at": JSONSchema.time,
        "expires_at": JSONSchema.time,
    ]) { first, _ in first }

    private static let tokenAlways = [
        "id", "preset", "first_party", "grant_types", "uses", "uses_left", "state", "created_at", "expires_at",
    ]

    private static let clientAlways = [
        "client_id", "client_id_issued_at", "preset", "first_party", "redirect_uris", "grant_types", "scope",
        "application_type",
    ]

    /// RFC 7591 §2, and what is our own. Others of OpenID Connect Registration may be there.
    private static let writtenClient: [String: JSON] = [
        "client_id": JSONSchema.text("Chosen, or made", atLeast: 1, atMost: 255),
        "client_secret": JSONSchema.text("Chosen, or made", atLeast: 16, atMost: 255),
        "client_name": JSONSchema.text(atMost: 200), "alias": JSONSchema.text(atMost: 64),
        "redirect_uris": JSONSchema.list(), "post_logout_redirect_uris": JSONSchema.list(),
        "application_type": JSONSchema.choice(ApplicationType.allCases.map(\.rawValue)),
        "token_endpoint_auth_method": JSONSchema.choice(TokenEndpointAuthMethod.allCases.map(\.rawValue)),
        "grant_types": JSONSchema.list(JSONSchema.choice(GrantType.allCases.map(\.rawValue))),
        "scope": JSONSchema.text(), "default_scope": JSONSchema.text(), "contacts": JSONSchema.list(),
        "jwks_uri": JSONSchema.text(), "client_uri": JSONSchema.text(), "logo_uri": JSONSchema.text(),
        "policy_uri": JSONSchema.text(), "tos_uri": JSONSchema.text(), "initiate_login_uri": JSONSchema.text(),
        "require_pkce": JSONSchema.boolean, "require_auth_time": JSONSchema.boolean,
        "default_max_age": JSONSchema.integer(0...Int64(Int32.max)),
        "preset": JSONSchema.choice(
            ClaimPreset.allCases.map(\.rawValue), "Where claims go; fixed when the client is made"),
        "first_party": JSONSchema.boolean,
    ]

    private static let shownClient = writtenClient.filter { $0.key != "client_secret" }.merging([
        "client_id_issued_at": JSONSchema.time, "former_secret_expires_at": JSONSchema.time,
        "declared_in": declaringFile,
    ]) { first, _ in first }
}
