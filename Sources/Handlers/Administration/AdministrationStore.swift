import OIDCLogic

/// What an administrator changes: in a ``Store``, or in a ``StoreDraft``, where the same rules hold and nothing is written
/// yet.
package typealias AdministrationStore = ClientStore & ScopeStore & CustomClaimStore & SigningKeyStore & DeclarationStore
