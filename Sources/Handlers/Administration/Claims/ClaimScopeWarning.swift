import OIDCLogic

/// A claim that is released by a scope which no app of the claim can be granted: a name that is misspelt, or isn't defined
/// yet. Until it is, the claim goes nowhere.
enum ClaimScopeWarning {
    /// Nil: all is well.
    static func text(about claim: CustomClaim, in catalogue: ScopeCatalogue, policy: [PolicyRule]) -> String? {
        guard let scope = claim.scope else { return nil }
        let clients: Set<ClientID>? = claim.clientID.map { [$0] }
        // What a rule grants needs no definition.
        let granting = policy.filter { rule in
            rule.effect == .grant && (claim.clientID.map { rule.isFor($0) } ?? true)
        }.flatMap { $0.scope?.names ?? [] }
        guard !catalogue.defines(scope, for: clients), !granting.contains(where: { $0.hasSameBytes(as: scope) }) else {
            return nil
        }
        let subject = "the claim \"\(claim.name)\" is released by \"\(scope)\""
        if let owner = catalogue.owners(ofRole: scope).first {
            return "\(subject), a role of the app \"\(owner)\", and the claim is another app's, so it goes nowhere"
        }
        let question = Nearest.question(scope, among: catalogue.names(for: clients) + granting)
        return
            "\(subject), which is neither a scope nor a role, so it goes nowhere.\(question) \"postern scope add\" or "
            + "\"postern role add\" defines it"
    }
}
