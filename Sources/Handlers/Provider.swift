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
    /// Those of the configuration.
    let rules: [PolicyRule]
    let expressions: any ExpressionEvaluator
    /// Whether clients of preset mendix get `com.mendix.user.*`.
    let hasMendixProfile: Bool
    let now: Clock
    let random: SystemRandom
    let log: Logger

    /// The authorization decision, over the scopes and roles as they are now.
    func policy() throws -> ScopePolicy {
        ScopePolicy(catalogue: try store.catalogue(), rules: rules, evaluator: expressions)
    }

    var clientPreparation: ClientPreparation {
        ClientPreparation(
            store: store, resources: resources, seal: { [seal] in seal }, random: random, now: now)
    }
}
