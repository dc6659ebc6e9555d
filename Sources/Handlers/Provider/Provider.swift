import FCGIBridge
import JOSE
import Logging
import OIDCLogic

/// What every handler is made with: the configuration that matters to requests, and the world handed in.
///
/// One for each worker thread, since the store belongs to one.
struct Provider {
    let issuer: Issuer
    let lifetimes: Lifetimes
    /// Under `state.key`.
    let seal: Seal
    let store: any Store
    let pages: PageRenderer
    let cookies: CookieNames
    let passwords: PasswordChecker
    let checks: ChecksInFlight
    let secrets: ClientSecrets
    let keys: KeyRing
    let verifiedTokens: VerifiedTokens
    let resources: ResourceServers
    let assertions: AssertionSettings
    let registration: RegistrationSettings
    let publishedKeys: any PublishedKeys
    let publishedRequests: any PublishedRequestObjects
    let logos: LogoCache
    let outbound: any Outbound
    let upstreams: UpstreamDirectory
    let knownSignInOptions = KnownSignInOptions()
    let upstreamExpressions: any UpstreamExpressionEvaluator
    /// Those of the configuration.
    let rules: [PolicyRule]
    let expressions: any ExpressionEvaluator
    /// Whether clients of preset mendix get `com.mendix.user.*`.
    let hasMendixProfile: Bool
    /// OpenID Connect Session Management 1.0.
    let hasSessionManagement: Bool
    let now: Clock
    let random: SystemRandom
    let ids: IDSource
    let log: Logger

    /// The authorization decision, over the scopes and roles as they are now.
    func policy() throws -> ScopePolicy {
        ScopePolicy(catalogue: try store.catalogue(), rules: rules, evaluator: expressions)
    }

    /// How `client` knows its users.
    func subjects(of client: Client) throws -> SubjectIdentifiers {
        try SubjectIdentifiers(of: client, salt: store.pairwiseSalt())
    }

    var clientPreparation: ClientPreparation {
        ClientPreparation(
            store: store, resources: resources, seal: { [seal] in seal },
            sectors: sectors, random: random, ids: ids, now: now)
    }

    /// What request objects are checked with, now.
    var requestObjects: RequestObjectRules {
        RequestObjectRules(
            issuer: issuer, secrets: secrets, keys: publishedKeys, published: publishedRequests,
            prepare: { [store] in store.moveOn() }, at: now())
    }

    var sectors: SectorRule { SectorRule(outbound, prepare: { [store] in store.moveOn() }) }
}
