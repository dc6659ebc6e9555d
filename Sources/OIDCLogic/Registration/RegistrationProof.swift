/// What an app is registered by, and what of it is used up then.
package enum RegistrationProof: Sendable, Equatable {
    /// A use of the token, whose refusals are forgotten.
    case token(InitialAccessTokenID)
    /// A CI job's identity token, whose id is kept until then.
    case ciToken(AssertionID, until: Timestamp)
    /// Nothing: registration is open.
    case none
}
