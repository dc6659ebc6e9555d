import JOSE

extension RefusalDetail {
    package var json: JSON {
        var members: [String: JSON] = [:]
        func tagged(_ kind: String, _ values: [String: String?] = [:], claims: [ClaimMismatch] = []) -> JSON {
            members["kind"] = .string(kind)
            if !claims.isEmpty { members["claims"] = .array(claims.map(\.json)) }
            for (name, value) in values { members[name] = value.map(JSON.string) }
            return .object(members)
        }
        return switch self {
        case .namedParameter(let name, let fault): tagged("parameter", ["name": name, "fault": fault.rawValue])
        case .unknownClient: tagged("unknown_client")
        case .unregisteredRedirectURI: tagged("redirect_uri")
        case .redirectURIOfCode(let uri): tagged("redirect_uri_of_code", ["expected": uri.value])
        case .clientAuthentication(let fault, let registered):
            tagged("client_authentication", ["fault": fault.rawValue, "registered": registered])
        case .pkce(let part, let fault): tagged("pkce", ["part": part.rawValue, "fault": fault.rawValue])
        case .credential(let kind, let ending):
            tagged("credential", ["credential": kind.rawValue, "state": ending.word, "client": ending.client?.value])
        case .scope(let fault): tagged("scope", ["fault": fault.rawValue])
        case .grantType: tagged("grant_type")
        case .resource: tagged("resource")
        case .policy(let rule): tagged("policy", ["rule": rule])
        case .silentRequest: tagged("prompt_none")
        case .throttled: tagged("throttled")
        case .redirectLoop: tagged("redirect_loop")
        case .signIn(let fault): tagged("sign_in", ["fault": fault.rawValue])
        case .clientMetadata(let member): tagged("client_metadata", ["member": member])
        case .ciToken(let rule, let fault):
            tagged("ci_token", ["rule": rule.value, "fault": fault.word], claims: fault.mismatches)
        case .requestObject(let fault): tagged("request_object", fault.stored)
        case .awaitedApproval: tagged("awaited_approval")
        case .upstream(let name, let cause): tagged("upstream", ["name": name.value, "cause": cause])
        }
    }

    /// Nil for what ``json`` of this release never wrote.
    package init?(stored json: JSON) {
        func text(_ name: String) -> String? { json[name]?.stringValue }
        func fault<Fault: RawRepresentable<String>>(_ name: String = "fault") -> Fault? {
            text(name).flatMap(Fault.init(rawValue:))
        }
        let detail: RefusalDetail? =
            switch text("kind") {
            case "parameter": fault().map { .namedParameter(text("name"), $0) }
            case "unknown_client": .unknownClient
            case "redirect_uri": .unregisteredRedirectURI
            case "redirect_uri_of_code": text("expected").map { .redirectURIOfCode(RedactedURI(stored: $0)) }
            case "client_authentication": fault().map { .clientAuthentication($0, registered: text("registered")) }
            case "pkce": fault("part").flatMap { part in fault().map { .pkce(part, $0) } }
            case "credential":
                fault("credential").flatMap { kind in
                    Ending(word: text("state"), client: text("client").map { ClientID($0) }).map {
                        .credential(kind, $0)
                    }
                }
            case "scope": fault().map { .scope($0) }
            case "grant_type": .grantType
            case "resource": .resource
            case "policy": text("rule").map { .policy($0) }
            case "prompt_none": .silentRequest
            case "throttled": .throttled
            case "redirect_loop": .redirectLoop
            case "sign_in": fault().map { .signIn($0) }
            case "client_metadata": text("member").map { .clientMetadata($0) }
            case "ci_token":
                text("rule").flatMap { rule in
                    CITokenFault(word: text("fault"), claims: json["claims"]).map {
                        .ciToken(rule: CIRuleName(rule), $0)
                    }
                }
            case "request_object": RequestObjectFault(stored: text).map { .requestObject($0) }
            case "awaited_approval": .awaitedApproval
            case "upstream":
                text("name").flatMap { name in text("cause").map { .upstream(UpstreamName(name), $0) } }
            default: nil
            }
        guard let detail else { return nil }
        self = detail
    }
}

extension RefusalDetail.Ending {
    private static let words: [(word: String, ending: Self)] = [
        ("absent", .absent), ("expired", .expired), ("revoked", .revoked), ("malformed", .malformed),
        ("foreign", .foreign),
        ("used_before", .usedBefore), ("session_over", .sessionOver), ("user_ended", .userEnded),
        ("client_removed", .clientRemoved), ("client_changed", .clientChanged),
        ("consent_withdrawn", .consentWithdrawn),
        ("scope_withdrawn", .scopeWithdrawn), ("other_audience", .otherAudience),
    ]

    fileprivate var word: String { Self.words.first { $0.ending == self }?.word ?? "of_another_client" }

    fileprivate var client: ClientID? { if case .ofAnotherClient(let id) = self { id } else { nil } }

    fileprivate init?(word: String?, client: ClientID?) {
        if let client {
            self = .ofAnotherClient(client)
        } else if let known = Self.words.first(where: { $0.word == word }) {
            self = known.ending
        } else {
            return nil
        }
    }
}

extension CITokenFault {
    private static let words: [(word: String, fault: Self)] = [
        ("algorithm", .algorithm), ("signature", .signature), ("timeless", .timeless), ("expired", .expired),
        ("not_yet_valid", .notYetValid), ("lives_too_long", .livesTooLong), ("no_id", .hasNoID),
        ("no_subject", .hasNoSubject), ("used_before", .usedBefore),
    ]

    fileprivate var word: String { Self.words.first { $0.fault == self }?.word ?? "claims" }

    package var mismatches: [ClaimMismatch] { if case .claims(let mismatches) = self { mismatches } else { [] } }

    fileprivate init?(word: String?, claims: JSON?) {
        if word == "claims" {
            self = .claims((claims?.arrayValue ?? []).compactMap(ClaimMismatch.init(stored:)))
        } else if let known = Self.words.first(where: { $0.word == word }) {
            self = known.fault
        } else {
            return nil
        }
    }
}

extension ClaimMismatch {
    fileprivate var json: JSON {
        var members: [String: JSON] = ["claim": .string(claim), "expected": .string(expected)]
        members["came"] = came.map(JSON.string)
        return .object(members)
    }

    fileprivate init?(stored json: JSON) {
        guard let claim = json["claim"]?.stringValue, let expected = json["expected"]?.stringValue else { return nil }
        self.init(claim, came: json["came"]?.stringValue, expected: expected)
    }
}
