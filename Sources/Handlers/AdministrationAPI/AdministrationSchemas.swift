import JOSE
import OIDCLogic

/// What the bodies and answers of the administration API look like.
enum AdministrationSchemas {
    static let all: [String: JSON] = named.merging(lists) { first, _ in first }

    /// Parameters of the query.
    static let parameters: [String: (description: String, schema: JSON)] = [
        "linked": ("That people are linked to it is known, and meant", JSONSchema.choice(["true"])),
        "search": ("The beginning of what is looked for", JSONSchema.text(atMost: 255)),
        "awaits_approval": (
            "Only those that wait for approval, the longest waiting first, and no more than limit",
            JSONSchema.choice(["true"])
        ),
        "unused_since": (
            "Those that nobody has used since then, unused the longest first: 2026-11-24T13:50:12Z, 90d",
            JSONSchema.text(atMost: 64)
        ),
        "after": ("What the page before gave as next", JSONSchema.text()),
        "limit": ("How many things a page has; 50 unless it is said", JSONSchema.integer(1...200)),
        "user": ("A user name, or a sub", JSONSchema.text(atMost: 255)),
        "event": ("What the events' words begin with", JSONSchema.text(atMost: 64)),
        "since": ("A time, or how long ago: 2026-11-24T13:50:12Z, 90m, 30d", JSONSchema.text(atMost: 64)),
        "until": ("The same; not included", JSONSchema.text(atMost: 64)),
        "client_id": ("A client's id", JSONSchema.text(atMost: 255)),
        "grant_type": (
            "How the app asks; authorization_code unless it is for no user",
            JSONSchema.choice([GrantType.authorizationCode, .clientCredentials].map(\.rawValue))
        ),
        "scope": (
            "What the app asks for, with spaces between; unless it is said its default_scope, else all that it may",
            JSONSchema.text()
        ),
        "prompt": ("What the app sends as prompt, such as consent", JSONSchema.text(atMost: 64)),
        "resource": ("What the access token is to be for (RFC 8707)", JSONSchema.text(atMost: 256)),
        "address": (
            "Of the browser; unless it is said the caller's, where it is about the caller, and else unknown",
            JSONSchema.text(atMost: 64)
        ),
        "acr": (
            "How well the user has proved who they are; as by a password unless it is said",
            JSONSchema.text(atMost: 255)
        ),
    ]

    private static let lists: [String: JSON] = Dictionary(
        uniqueKeysWithValues: [
            "Client", "User", "Session", "Consent", "Grant", "Role", "Group", "Scope", "Claim", "RegistrationToken",
            "Key", "LogoutDelivery", "AuditRecord", "Upstream", "UpstreamPerson",
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

    private static let named: [String: JSON] = base.merging(UpstreamSchemas.named) { first, _ in first }

    private static let base: [String: JSON] = [
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
        "Approval": JSONSchema.object([
            "first_party": JSONSchema.orNull(JSONSchema.boolean)
        ]),
        "NewSecret": JSONSchema.object([
            "overlap": JSONSchema.orNull(JSONSchema.integer(0...SecretOverlap.longest, "In seconds"))
        ]),
        "ClientSecret": JSONSchema.object(
            [
                "client_id": JSONSchema.text(), "client_secret": JSONSchema.text("Shown this once"),
                "client_secret_expires_at": JSONSchema.time, "former_secret_expires_at": JSONSchema.time,
            ], required: ["client_id", "client_secret", "client_secret_expires_at"]),

        "Explanation": JSONSchema.object(
            [
                "user": JSONSchema.orNull(
                    JSONSchema.object(["username": JSONSchema.text(), "sub": JSONSchema.text()])),
                "client": JSONSchema.text(),
                "request": JSONSchema.object([
                    "endpoint": JSONSchema.text(), "parameters": JSONSchema.object([:], isOpen: true),
                ]),
                "assumed": JSONSchema.object(
                    [
                        "scope_from": JSONSchema.choice(
                            ExplainedScope.Source.allCases.map(\.rawValue), "What says which scopes the app asks for"),
                        "address": JSONSchema.orNull(JSONSchema.text("Of the browser; null: unknown")),
                        "acr": JSONSchema.text(), "text": JSONSchema.text("The same in sentences"),
                    ], required: ["scope_from", "text"]),
                "requested": JSONSchema.text(),
                "granted": JSONSchema.orNull(JSONSchema.text("Null: the request fails")),
                "verdict": JSONSchema.text("All of it in one sentence"),
                "obstacle": JSONSchema.orNull(JSONSchema.text("Why it fails")), "consent": JSONSchema.boolean,
                "scopes": JSONSchema.list(
                    JSONSchema.object(
                        [
                            "name": JSONSchema.text(), "granted": JSONSchema.boolean, "reason": JSONSchema.text(),
                        ], required: ["name", "granted", "reason"])),
                "rules": JSONSchema.list(
                    JSONSchema.object(
                        [
                            "name": JSONSchema.text(), "effect": JSONSchema.text(),
                            "scope": JSONSchema.orNull(JSONSchema.text("Null: the whole request")),
                            "holds": JSONSchema.boolean, "reason": JSONSchema.text(),
                        ], required: ["name", "effect", "scope", "holds", "reason"])),
                "custom_claims": JSONSchema.list(
                    JSONSchema.object(
                        [
                            "id": JSONSchema.text(), "name": JSONSchema.text(),
                            "client_id": JSONSchema.orNull(JSONSchema.text()), "released": JSONSchema.boolean,
                            "reason": JSONSchema.text(),
                        ], required: ["id", "name", "client_id", "released", "reason"])),
                "claims": JSONSchema.object(
                    Dictionary(
                        uniqueKeysWithValues: ClaimDestination.allCases.map {
                            ($0.rawValue, JSONSchema.object([:], isOpen: true))
                        }), required: ClaimDestination.allCases.map(\.rawValue)),
            ],
            required: [
                "user", "client", "request", "assumed", "requested", "granted", "verdict", "obstacle", "consent",
                "scopes", "rules", "custom_claims", "claims",
            ]),

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
                "id": JSONSchema.text(), "sub": JSONSchema.text(),
                "auth_time": JSONSchema.time("When they proved who they are; absent: their upstream doesn't say"),
                "signed_in_at": JSONSchema.time("When they signed in here"),
                "amr": JSONSchema.list(), "acr": JSONSchema.text("Absent: their upstream doesn't say"),
                "created_at": JSONSchema.time,
                "last_used_at": JSONSchema.time, "expires_at": JSONSchema.time,
                "remembered": JSONSchema.boolean("The user asked to stay signed in, however long it goes unused"),
                "upstream": JSONSchema.text("Where they signed in; absent: here"),
            ],
            required: [
                "id", "sub", "signed_in_at", "amr", "created_at", "last_used_at", "expires_at", "remembered",
            ]),
        "Consent": JSONSchema.object(
            [
                "sub": JSONSchema.text(), "username": JSONSchema.text(), "scope": JSONSchema.text(),
                "granted_at": JSONSchema.time,
            ], required: ["sub", "scope", "granted_at"]),
        "Grant": JSONSchema.object(
            [
                "id": JSONSchema.text(), "sub": JSONSchema.text(), "username": JSONSchema.text(),
                "session_id": JSONSchema.text("Absent: the session has ended"), "scope": JSONSchema.text(),
                "refreshable": JSONSchema.boolean, "created_at": JSONSchema.time, "expires_at": JSONSchema.time,
            ], required: ["id", "sub", "scope", "refreshable", "created_at", "expires_at"]),

        "LogoutDelivery": JSONSchema.object(
            [
                "client_id": JSONSchema.text(), "sub": JSONSchema.text("The user's; they may have been removed"),
                "backchannel_logout_uri": JSONSchema.text("That of when the session ended"),
                "created_at": JSONSchema.time, "attempts": JSONSchema.integer(0...Int64(Int32.max)),
                "status": JSONSchema.choice(["waiting", "given_up"]), "next_attempt_at": JSONSchema.time,
                "given_up_at": JSONSchema.time, "fault": JSONSchema.text("What came of the last attempt"),
            ], required: ["client_id", "sub", "backchannel_logout_uri", "created_at", "attempts", "status"]),

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

        "Claim": JSONSchema.object(
            claimMembers.merging([
                "id": JSONSchema.text(), "name": JSONSchema.text(),
                "client_id": JSONSchema.orNull(JSONSchema.text("Null: it is of all clients")),
                "created_at": JSONSchema.time, "updated_at": JSONSchema.time, "declared_in": declaringFile,
                "warnings": JSONSchema.list(),
            ]) { first, _ in first },
            required: ["id", "name", "client_id", "scope", "in", "required", "created_at", "updated_at"]),
        "NewClaim": JSONSchema.object(
            claimMembers.merging([
                "name": JSONSchema.text("A name, or a path such as /resource_access/app", atLeast: 1, atMost: 256),
                "client_id": JSONSchema.orNull(JSONSchema.text("The client whose claim it is; without it, of all")),
            ]) { first, _ in first }, required: ["name"]),
        "ClaimChange": JSONSchema.object(claimMembers),

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
                "actor": actor,
                "via": JSONSchema.text(),
                "object": JSONSchema.object(
                    ["kind": JSONSchema.text(), "id": JSONSchema.text()], required: ["kind", "id"]),
                "address": JSONSchema.text(), "request_id": JSONSchema.text(), "client_id": JSONSchema.text(),
                "sub": JSONSchema.text(), "before": JSONSchema.object([:], isOpen: true),
                "after": JSONSchema.object([:], isOpen: true),
            ], required: ["position", "time", "event", "actor", "via", "object"]),
        "Activity": JSONSchema.object(
            [
                "sessions": JSONSchema.integer(0...Int64.max), "token_service_last_day": tokenServiceCounts,
                "token_service_last_month": tokenServiceCounts,
            ].merging(spans.map { ($0, JSONSchema.list(span)) }) { first, _ in first },
            required: ["sessions", "token_service_last_day", "token_service_last_month"] + spans),

        "Key": JSONSchema.object(
            [
                "kid": JSONSchema.text(), "alg": JSONSchema.text(),
                "status": JSONSchema.choice(SigningKeyRecord.Status.allCases.map(\.rawValue)),
                "created_at": JSONSchema.time("When it was published"),
                "signs_from": JSONSchema.time("Of the next key: it signs from then on"),
                "active_since": JSONSchema.time("It has signed since"),
                "successor_published_at": JSONSchema.time(
                    "Of the active key: when the next one is published by itself"),
                "rotates_at": JSONSchema.time("Of the active key: when another signs; absent: nothing is planned"),
                "retired_at": JSONSchema.time("It has signed until then"),
                "unpublished_at": JSONSchema.time("It stands in the key set until then"),
                "revoked_at": JSONSchema.time("Since then nothing counts that it has signed"),
                "removed_at": JSONSchema.time("It is forgotten then"),
                "needs_attention": JSONSchema.boolean("What was planned for it has not happened"),
                "public_jwk": JSONSchema.object([:], isOpen: true),
            ], required: ["kid", "alg", "status", "created_at", "needs_attention", "public_jwk"]),
    ]

    private static let declaringFile = JSONSchema.text("The file that declares it, and that alone changes it")
    private static let spans = ["sign_ins", "failures", "sessions", "tokens", "token_refusals"].flatMap {
        ["\($0)_by_hour", "\($0)_by_day"]
    }
    private static let tokenServiceCounts: JSON = [
        "type": "object", "additionalProperties": JSONSchema.integer(0...Int64.max),
        "description": "By what was done: issued, issued_to_service, refreshed, introspected, revoked, refused.ERROR",
    ]
    private static let span = JSONSchema.object(
        ["start": JSONSchema.time, "count": JSONSchema.integer(0...Int64.max)], required: ["start", "count"])

    private static let description = JSONSchema.text("What people read", atMost: 200)

    private static let password = JSONSchema.text(
        "A reset: all sessions and grants end", atLeast: 8, atMost: Int64(PasswordHash.maximumPasswordBytes))

    private static let userMembers: [String: JSON] = [
        "password": password,
        "attributes": JSONSchema.object([:], isOpen: true), "roles": JSONSchema.list(), "groups": JSONSchema.list(),
    ]

    /// Of the first three, one is there.
    private static let claimMembers: [String: JSON] = [
        "value": JSONSchema.anything, "attribute": JSONSchema.orNull(JSONSchema.text("Of the user")),
        "expression": JSONSchema.orNull(JSONSchema.text("A SQLite expression over user, client, session, request")),
        "scope": JSONSchema.orNull(JSONSchema.text("That releases it; null: any")),
        "in": JSONSchema.orNull(
            JSONSchema.list(JSONSchema.choice(ClaimDestination.allCases.map(\.rawValue)))),
        "required": JSONSchema.orNull(JSONSchema.boolean),
    ]

    private static let permit: [String: JSON] = [
        "preset": JSONSchema.choice(ClaimPreset.allCases.map(\.rawValue)),
        "first_party": JSONSchema.boolean, "scope": JSONSchema.text("All that its clients may have"),
        "grant_types": JSONSchema.list(JSONSchema.choice(GrantType.allCases.map(\.rawValue))),
        "redirect_hosts": JSONSchema.list(), "resources": JSONSchema.list(), "needs_approval": JSONSchema.boolean,
    ]

    private static let shownToken = permit.merging([
        "id": JSONSchema.text(), "note": JSONSchema.text(), "uses": JSONSchema.integer(1...10_000),
        "uses_left": JSONSchema.integer(0...10_000), "state": JSONSchema.text(), "created_at": JSONSchema.time,
        "expires_at": JSONSchema.time, "issued_by": actor,
    ]) { first, _ in first }

    private static let actor = JSONSchema.object(
        ["kind": JSONSchema.text(), "id": JSONSchema.text()], required: ["kind"])

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
        "subject_type": JSONSchema.choice(
            SubjectType.names,
            "What users are called to it. A change, also of the sector, gives each another sub, and ends its grants"),
        "sector_identifier_uri": JSONSchema.text("An https address that answers a JSON array of all redirect_uris"),
        "scope": JSONSchema.text(), "default_scope": JSONSchema.text(), "contacts": JSONSchema.list(),
        "jwks_uri": JSONSchema.text(), "client_uri": JSONSchema.text(), "logo_uri": JSONSchema.text(),
        "policy_uri": JSONSchema.text(), "tos_uri": JSONSchema.text(), "initiate_login_uri": JSONSchema.text(),
        "request_object_signing_alg": JSONSchema.choice(ClientSigningAlgorithm.allCases.map(\.rawValue)),
        "request_uris": JSONSchema.list(), "require_signed_request_object": JSONSchema.boolean,
        "require_pkce": JSONSchema.boolean, "require_auth_time": JSONSchema.boolean,
        "default_max_age": JSONSchema.integer(0...MaxAge.longest), "revoke_at_logout": JSONSchema.boolean,
        "upstreams": JSONSchema.list(),
        "preset": JSONSchema.choice(
            ClaimPreset.allCases.map(\.rawValue), "Where claims go; fixed when the client is made"),
        "first_party": JSONSchema.boolean,
    ]

    private static let shownClient = writtenClient.filter { $0.key != "client_secret" }.merging([
        "client_id_issued_at": JSONSchema.time, "former_secret_expires_at": JSONSchema.time,
        "awaits_approval": JSONSchema.boolean,
        "last_used_at": JSONSchema.time, "declared_in": declaringFile,
    ]) { first, _ in first }
}
