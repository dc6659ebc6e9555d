import OIDCLogic

extension Provider {
    /// Whether an administrator stands for what an app says of itself: they made it, or let it in as one of their own, or have
    /// approved it. What registers itself otherwise has chosen its name alone, whoever gave it the token.
    func vouches(for client: Client) throws -> Bool {
        guard !client.isFirstParty else { return true }
        guard let registration = try store.registration(of: client.id) else { return true }
        return registration.permit.needsApproval && client.approval == .given
    }
}
