import OIDCLogic

extension RefusalExplanation {
    mutating func explain(requestObject fault: RequestObjectFault) {
        switch fault {
        case .noKeys:
            expected = ["a client that has registered keys to sign with: jwks, or jwks_uri"]
            differences = [
                client?.metadata.keys == nil ? "none are registered" : "none now: keys have been registered since"
            ]
            advice = ["if the app signs its requests: \(setting(#"{"jwks_uri": "https://..."}"#))"]
        case .noPlace:
            expected = ["a client that has registered request_uris"]
            differences = [
                client?.metadata.requestURIs.isEmpty ?? true
                    ? "none are registered" : "none now: some have been registered since"
            ]
            advice = [
                "if the app publishes its requests: \(setting(#"{"request_uris": ["https://..."]}"#))",
                "or let the app send the object itself, as request",
            ]
        case .elsewhere(let uri): explain(place: uri)
        case .fetch(let fault): explain(fetch: fault)
        case .malformed:
            expected = ["a signed JWT in compact form, of at most 16 KiB: three parts of base64url with dots between"]
            differences = ["what came is none, or is encrypted"]
        case .unsigned:
            expected = ["a request object signed by a key that the client registered"]
            differences = ["its alg is none"]
        case .algorithm(let came, let algorithms):
            expected = ["alg \(algorithms.joined(separator: ", "))  (registered then)"]
            differences = [came.map { "alg is \($0)" } ?? "alg is none that this provider knows"]
            advice = ["compare request_object_signing_alg: postern client show \(shellClient)"]
        case .type:
            expected = ["typ oauth-authz-req+jwt (RFC 9101 section 10.8), JWT, or none"]
            differences = ["typ is that of another kind of JWT"]
        case .unknownKey:
            expected = ["kid of a key that the client registered, or publishes at its jwks_uri"]
            differences = ["no key of the client's has the kid of the request object"]
            advice = ["compare the kid with the set: postern client show \(shellClient)"]
        case .signature:
            differences = ["no key of the client's verifies the signature"]
            advice = [
                "was the object changed after it was signed? Else compare the keys: postern client show \(shellClient)"
            ]
        case .secret:
            expected = ["a client secret as long as the hash of its alg: 32 bytes for HS256, 48 and 64 for the others"]
            differences = ["the client's is shorter, or there is none"]
            advice = ["make a new one: postern client set \(shellClient) --new-secret"]
        case .uselessKeys:
            expected = ["a JWK set (RFC 7517) at the client's jwks_uri"]
            differences = ["what is there is none"]
            advice = ["the log says what is wrong with it: search it for \(record.id)"]
        case .claimsMalformed:
            expected = ["claims that are a JSON object"]
        case .claim(let mismatch): explain(claim: mismatch)
        }
    }

    private mutating func explain(place came: RedactedURI) {
        guard let client else { return }
        let registered = client.metadata.requestURIs.map(\.value)
        expected = registered.map { "\($0)  (registered now)" }
        guard let nearest = Nearest.name(to: came.value, among: registered) else {
            differences = ["none that is registered now is near to it"]
            return
        }
        // What stands after "#" may differ.
        let place = { (uri: String) in String(uri.prefix { $0 != "#" }) }
        differences = RedirectURIDifference(
            RedactedURI(redacting: place(came.value)), from: place(nearest)
        ).descriptions.map { registered.count > 1 ? "\($0)  (from \(nearest))" : $0 }
        advice = ["let the app send \(nearest), or register the one that it sends, among request_uris"]
    }

    private mutating func explain(fetch fault: RequestObjectFault.Fetch) {
        switch fault {
        case .status(let status):
            expected = ["an answer 200"]
            differences = ["it answered \(status)"]
        case .unreachable:
            differences = ["nothing answered, or not in time"]
            advice = ["the log says how far it came: search it for \(record.id)"]
        case .forbidden:
            expected = ["a public address, by https, or one that outbound.allow lists"]
            differences = ["its host has another address"]
        case .tooLong: expected = ["at most 16 KiB"]
        }
        advice.append("try it from this machine: curl -si 'REQUEST_URI'")
    }

    private mutating func explain(claim mismatch: ClaimMismatch) {
        expected = ["\(mismatch.claim) \(mismatch.expected)"]
        differences = ["\(mismatch.claim) \(mismatch.came.map { "came as \($0)" } ?? "was absent")"]
        switch mismatch.claim {
        case "exp", "nbf", "iat":
            advice = ["let the app make a request object for each sign-in, and look at the clocks of both"]
        case "aud": advice = ["let the app name this provider's issuer, as discovery has it"]
        case "iss", "client_id": advice = ["is the object another app's?"]
        default: break
        }
    }

    private func setting(_ metadata: String) -> String {
        "echo '\(metadata)' | postern client set \(shellClient) --from -"
    }
}
