import JOSE

/// The custom claims that one client sees, and what computes them.
package struct CustomClaims {
    private let claims: [CustomClaim]
    private let evaluator: any ExpressionEvaluator

    package static var none: CustomClaims { CustomClaims([], evaluator: NoExpressions()) }

    /// - Parameters:
    ///   - claims: the client's own and the global ones. Of one name the client's own goes before. Reserved names are
    ///     passed over, however they came into the store.
    ///   - mendixProfile: whether names of that profile may be defined.
    package init(
        _ claims: [CustomClaim], evaluator: any ExpressionEvaluator, mendixProfile: Bool = false
    ) {
        let own = Set(claims.filter { $0.clientID != nil }.map(\.name))
        self.claims = claims.filter { claim in
            (claim.clientID != nil || !own.contains(claim.name))
                && !ReservedClaims.refusesClaim(claim.name, mendixProfile: mendixProfile)
        }.sorted { $0.name.text.precedesInBytes($1.name.text) }
        self.evaluator = evaluator
    }

    func defines(_ name: String) -> Bool { claims.contains { $0.name.text.hasSameBytes(as: name) } }

    /// The scope that releases the claim of this name; nil if there is none, or it needs none.
    func scope(releasing name: String) -> String? {
        claims.first { $0.name.text.hasSameBytes(as: name) }?.scope
    }

    /// The values for `subject` of those that go to one of `destinations`. Throws if a required one has none.
    package func values(
        for subject: ClaimSubject, in destinations: Set<ClaimDestination> = Set(ClaimDestination.allCases)
    ) throws(ClaimFault) -> [ComputedClaim] {
        let computed = outcomes(for: subject, in: destinations)
        for claim in computed where claim.claim.isRequired && claim.isReleasable {
            switch claim.outcome {
            case .value, .withheld: continue
            case .none: throw .missing(claim.claim)
            case .failed(let failure): throw .failed(claim.claim, failure)
            }
        }
        return computed
    }

    /// Throws if a required claim of any destination has no value.
    func checkRequired(for subject: ClaimSubject) throws(ClaimFault) {
        guard claims.contains(where: \.isRequired) else { return }
        _ = try CustomClaims(claims.filter(\.isRequired), evaluator: evaluator, mendixProfile: true).values(
            for: subject)
    }

    /// The same without complaint, for whoever wants to see what is missing.
    package func outcomes(
        for subject: ClaimSubject, in destinations: Set<ClaimDestination> = Set(ClaimDestination.allCases)
    ) -> [ComputedClaim] {
        outcomes(
            for: Recipient(
                client: subject.client, scope: subject.scope, requested: subject.requested,
                attributes: subject.user.attributes, documents: subject.documents), in: destinations)
    }

    /// Those of a service (RFC 6749 §4.4): there are no attributes, and expressions see `client` alone. Nobody signs in, so
    /// a required claim without a value fails nothing.
    package func outcomes(
        ofService client: Client, scope: Scope, in destinations: Set<ClaimDestination>
    ) -> [ComputedClaim] {
        outcomes(
            for: Recipient(
                client: client, scope: scope, requested: .none, attributes: [:],
                documents: SubjectDocuments(service: client)), in: destinations)
    }

    private func outcomes(for recipient: Recipient, in destinations: Set<ClaimDestination>) -> [ComputedClaim] {
        claims.compactMap { claim in
            let goesTo = recipient.destinations(of: claim)
            guard !goesTo.isDisjoint(with: destinations) else { return nil }
            guard recipient.isGiven(claim) else {
                return ComputedClaim(claim: claim, destinations: goesTo, outcome: .withheld)
            }
            return ComputedClaim(claim: claim, destinations: goesTo, outcome: outcome(of: claim, for: recipient))
        }
    }

    private func outcome(of claim: CustomClaim, for recipient: Recipient) -> ComputedClaim.Outcome {
        switch claim.source {
        case .constant(let value): return .value(value)
        case .attribute(let name):
            guard let value = recipient.attributes[name], value != .null else { return .none }
            return .value(value)
        case .expression(let text):
            do throws(ExpressionFailure) {
                let value = try evaluator.value(of: text, over: recipient.documents)
                return value == .null ? .none : .value(value)
            } catch {
                return .failed(error)
            }
        }
    }
}

/// Whom claims are computed for: a user at a client, or a client itself.
private struct Recipient {
    let client: Client
    let scope: Scope
    let requested: GrantedClaims
    let attributes: [String: JSON]
    let documents: SubjectDocuments

    /// Its own, and the ID token as well where the client asked for it there and the definition doesn't say otherwise.
    func destinations(of claim: CustomClaim) -> Set<ClaimDestination> {
        var destinations = claim.destinations(for: client.preset)
        if claim.destinations == nil, requested.contains(claim.name.text, in: .idToken) {
            destinations.insert(.idToken)
        }
        return destinations
    }

    func isGiven(_ claim: CustomClaim) -> Bool {
        // Whoever is asked for consent is shown scopes: what needs none goes to such a client only by its own definition.
        guard let scope = claim.scope else { return client.isFirstParty || claim.clientID != nil }
        guard !self.scope.contains(scope) else { return true }
        return requested.scope.contains(scope) && requested.names(claim.name.text)
    }
}

/// What a custom claim came to for one user.
package struct ComputedClaim: Sendable {
    package enum Outcome: Sendable, Equatable {
        case value(JSON)
        /// NULL, or no such attribute.
        case none
        /// The scope that releases it isn't granted.
        case withheld
        case failed(ExpressionFailure)
    }

    package let claim: CustomClaim
    package let destinations: Set<ClaimDestination>
    package let outcome: Outcome

    fileprivate var isReleasable: Bool { outcome != .withheld }

    /// The value for `destination`; nil: it has none there.
    func value(for destination: ClaimDestination) -> JSON? {
        guard destinations.contains(destination), case .value(let value) = outcome else { return nil }
        return value
    }
}

/// Why a sign-in or a token fails: a required claim has no value.
package enum ClaimFault: Error, Sendable {
    /// The user has none.
    case missing(CustomClaim)
    /// Its expression failed.
    case failed(CustomClaim, ExpressionFailure)
}

extension OAuthError {
    /// What the client is told. That a user lacks something is for the user's administrator to mend; that an expression
    /// fails is ours.
    package init(_ fault: ClaimFault) {
        switch fault {
        case .missing(let claim):
            self = .accessDenied(
                "the user lacks something that this app requires; ask the administrator",
                cause: "the required claim \(claim.name) has no value for this user")
        case .failed(let claim, let failure):
            self = .serverError(cause: "the required claim \(claim.name) can't be computed: it \(failure.reason)")
        }
    }
}
