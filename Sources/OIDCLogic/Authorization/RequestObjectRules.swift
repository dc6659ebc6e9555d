import JOSE

/// What request objects are checked with.
package struct RequestObjectRules {
    let issuer: Issuer
    let secrets: ClientSecrets
    let keys: any PublishedKeys
    let published: any PublishedRequestObjects
    let prepare: () -> Void
    let now: Timestamp

    /// - Parameter prepare: what is done before another's server is waited for.
    package init(
        issuer: Issuer, secrets: ClientSecrets, keys: any PublishedKeys, published: any PublishedRequestObjects,
        prepare: @escaping () -> Void = {}, at now: Timestamp
    ) {
        self.issuer = issuer
        self.secrets = secrets
        self.keys = keys
        self.published = published
        self.prepare = prepare
        self.now = now
    }

    /// That of a request, by value or by reference; nil: it has none.
    ///
    /// Throws `request_uri_not_supported` where the client isn't registered for it, `invalid_request_uri` for what may not
    /// be fetched, or can't be.
    func object(in parameters: Parameters, of client: Client) throws(OAuthError) -> RequestObject? {
        let value = try parameters.value("request", limit: RequestObject.limit)
        guard let reference = try parameters.value("request_uri", limit: 1024) else {
            guard let value else { return nil }
            prepare()
            return RequestObject(value, isReferredTo: false)
        }
        // RFC 9101 §5
        guard value == nil else {
            throw .invalidRequest(
                "request and request_uri exclude each other: send one", detail: .parameter("request", .unsupported))
        }
        let metadata = client.metadata
        guard metadata.signsRequests, !metadata.requestURIs.isEmpty else {
            throw .requestURINotSupported(
                "this client has not registered request_uris, and keys to sign with",
                detail: .requestObject(metadata.signsRequests ? .noPlace : .noKeys))
        }
        guard let uri = WebURI(reference), metadata.publishesRequest(at: uri) else {
            throw .invalidRequestURI(
                "request_uri is none of the request_uris registered for this client",
                detail: .requestObject(.elsewhere(RedactedURI(redacting: reference))))
        }
        prepare()
        return RequestObject(try published.requestObject(at: uri), isReferredTo: true)
    }
}

/// Request objects that clients publish.
package protocol PublishedRequestObjects: Sendable {
    /// What is published there, as lately as OpenID Connect Core §6.2 wants it.
    ///
    /// Throws `invalid_request_uri`, or `temporarily_unavailable`.
    func requestObject(at uri: WebURI) throws(OAuthError) -> String
}

extension ClientMetadata {
    /// Whether its request objects can be verified at all.
    var signsRequests: Bool { requestObjectSigningAlg != nil || keys != nil }

    /// RFC 8725 §3.1: the one that it registered, or else whatever its keys serve. A secret serves where that is said.
    var requestObjectAlgorithms: [ClientSigningAlgorithm] {
        requestObjectSigningAlg.map { [$0] } ?? SignatureAlgorithm.allCases.map(ClientSigningAlgorithm.signature)
    }

    /// OpenID Connect Core §6.2: what stands after "#" tells one version of what is there from another.
    fileprivate func publishesRequest(at uri: WebURI) -> Bool {
        requestURIs.contains { $0.withoutFragment.utf8.elementsEqual(uri.withoutFragment.utf8) }
    }
}
