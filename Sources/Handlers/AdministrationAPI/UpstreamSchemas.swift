import JOSE
import OIDCLogic

/// What upstreams look like in the administration API.
enum UpstreamSchemas {
    static let named: [String: JSON] = [
        "Upstream": JSONSchema.object(
            shown.merging(["title": JSONSchema.text(), "issuer": issuer, "client_id": clientID]) { first, _ in first },
            required: [
                "name", "title", "redirect_uri", "backchannel_logout_uri", "has_client_secret", "standing", "health",
            ], isOpen: true),
        "NewUpstream": JSONSchema.object(
            written.mapValues(JSONSchema.orNull).merging([
                "name": JSONSchema.text(
                    "1 to 64 lower-case letters, digits, and - . _; it is in the redirect URI", atLeast: 1, atMost: 64),
                "client_id": clientID,
            ]) { $1 }, required: ["name", "client_id"], isOpen: true),
        "UpstreamMembers": JSONSchema.object(
            written.mapValues(JSONSchema.orNull).merging(["client_id": clientID]) { $1 }, required: ["client_id"],
            isOpen: true),
        "UpstreamChange": JSONSchema.object(written.mapValues(JSONSchema.orNull), isOpen: true),
        "UpstreamPerson": JSONSchema.object(
            [
                "id": JSONSchema.text(),
                "upstream": JSONSchema.orNull(
                    JSONSchema.text("Null: no upstream of that issuer is there now, and nobody signs in by it")),
                "issuer": JSONSchema.text(), "upstream_sub": JSONSchema.text("What the upstream knows the user by"),
                "roles": JSONSchema.list(), "attributes": JSONSchema.list(), "linked_at": JSONSchema.time,
                "signed_in_at": JSONSchema.time,
                "checked_at": JSONSchema.time("When it last said that they may sign in"),
                "needs_sign_in": JSONSchema.boolean("It says nothing more until they sign in there"),
            ],
            required: [
                "id", "upstream", "issuer", "upstream_sub", "roles", "attributes", "linked_at", "signed_in_at",
                "checked_at", "needs_sign_in",
            ]),
        "UpstreamTraceLink": JSONSchema.object(
            [
                "link": JSONSchema.text("Shown this once: whoever follows it is traced"), "expires_at": JSONSchema.time,
            ], required: ["link", "expires_at"]),
        "UpstreamTrace": JSONSchema.object(
            [
                "upstream": JSONSchema.text(),
                "state": JSONSchema.choice(["waiting", "under way", "signed in", "refused"]),
                "started_at": JSONSchema.time, "expires_at": JSONSchema.time("It is forgotten then"),
                "steps": JSONSchema.list(
                    JSONSchema.object(
                        [
                            "at": JSONSchema.time, "what": JSONSchema.text(), "fault": JSONSchema.boolean,
                            "outcome": JSONSchema.choice(["signed in", "refused"]),
                            "details": JSONSchema.anything,
                        ], required: ["at", "what", "fault"])),
            ], required: ["upstream", "state", "started_at", "expires_at", "steps"]),
        "UpstreamTest": JSONSchema.object(
            [
                "passed": JSONSchema.boolean("People can sign in at it, as far as can be seen without one"),
                "findings": JSONSchema.list(
                    JSONSchema.object(
                        [:], isOpen: true)),
                "registration": registration,
            ], required: ["passed", "findings", "registration"]),
    ]

    private static let registration: JSON = [
        "type": "object", "additionalProperties": JSONSchema.text(), "description": "What to enter there",
    ]

    private static let issuer = JSONSchema.text(
        "As its discovery document has it, or the address of that document; must be there unless the preset knows it",
        atLeast: 1)
    private static let clientID = JSONSchema.text("What it knows us by", atLeast: 1)

    /// Those of an item of `upstreams`, as docs/configuration.md explains them; there may be others.
    static let written: [String: JSON] = [
        "preset": JSONSchema.choice(UpstreamPreset.allCases.map(\.rawValue)),
        "title": JSONSchema.text("What people call it"), "issuer": issuer, "client_id": clientID,
        "client_secret": JSONSchema.text("Never shown again", atLeast: 1, atMost: 4096),
        "token_endpoint_auth_method": JSONSchema.choice(UpstreamAuthentication.allCases.map(\.rawValue)),
        "token_endpoint_auth_signing_alg": JSONSchema.choice(SignatureAlgorithm.allCases.map(\.rawValue)),
        "scope": JSONSchema.text("Names with spaces between them"),
        "authorization_parameters": [
            "type": "object", "additionalProperties": JSONSchema.text(),
            "description": "What each sign-in asks for besides",
        ],
        "authorization_endpoint": JSONSchema.text("Of one that speaks OAuth alone"),
        "token_endpoint": JSONSchema.text("Of such a one"), "userinfo_endpoint": JSONSchema.text("Of such a one"),
        "subject": JSONSchema.text("Of such a one: the member of userinfo that names a user for ever"),
        "additional": [
            "type": "object", "additionalProperties": JSONSchema.text(),
            "description": "Of such a one: further URLs that say something of a user, by name",
        ],
        "recheck": JSONSchema.text("How old its word may be, such as 5m, or never"),
        "grace": JSONSchema.text("For how much longer it holds while it is down, such as 1h"),
        "rechecks_per_second": JSONSchema.integer(1...1000),
        "refused_refresh": JSONSchema.choice(["sign-in", "gone"]),
        "logout": JSONSchema.boolean("Whoever signs out here signs out there"),
        "algorithms": JSONSchema.list(JSONSchema.choice(SignatureAlgorithm.allCases.map(\.rawValue))),
        "email_domains": JSONSchema.list(), "trusted_email_domains": JSONSchema.list(),
        "users": JSONSchema.text("all, none, or an expression"), "username": JSONSchema.text("An expression"),
        "attributes": expressions, "roles": expressions, "role_names": JSONSchema.text("An expression"),
        "email_verified": JSONSchema.text("An expression"),
    ]

    private static let expressions: JSON = [
        "type": "object", "additionalProperties": JSONSchema.text(), "description": "Names, each with an expression",
    ]

    /// What an answer has beside the members that were written.
    static let shown: [String: JSON] = [
        "name": JSONSchema.text(),
        "declared_in": JSONSchema.text("The file that declares it, and that alone changes it"),
        "redirect_uri": JSONSchema.text("To be entered there"),
        "backchannel_logout_uri": JSONSchema.text("To be entered there, so that it can tell of sign-outs"),
        "registration": registration, "has_client_secret": JSONSchema.boolean,
        "fault": JSONSchema.text("Why it can't be used"),
        "linked_people": JSONSchema.integer(0...Int64.max),
        "standing": JSONSchema.text("How it goes with it, in a word or two"),
        "health": JSONSchema.object(
            [
                "last_sign_in_at": JSONSchema.time, "last_failure_at": JSONSchema.time,
                "last_failure": JSONSchema.text("Why a sign-in or a re-check came to nothing"),
                "unreachable_since": JSONSchema.time("It hasn't answered several times in a row, as last seen"),
                "checks_late_since": JSONSchema.time(
                    "Its users aren't asked about in time: `rechecks_per_second` is too low, or it is slow"),
                "sign_ins_last_day": JSONSchema.integer(0...Int64.max),
                "failures_last_day": JSONSchema.integer(0...Int64.max),
            ], required: ["sign_ins_last_day", "failures_last_day"]),
        "created_at": JSONSchema.time, "updated_at": JSONSchema.time,
    ]
}
