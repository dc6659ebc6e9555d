import FCGIBridge
import OIDCLogic

extension Provider {
    /// Answers as the endpoints of the token service do, and counts what they refuse.
    func servingTokens(_ request: Request, _ respond: () throws -> Response) -> Response {
        answeringJSON(request) {
            do { return try respond() } catch {
                let error = OAuthError(answering: error)
                store.note(.refused(error.code), at: now())
                throw error
            }
        }
    }

    /// Counts what was done for a client, and writes a line of it.
    func note(_ event: TokenServiceEvent, for client: ClientID, _ request: Request) {
        store.note(event, at: now())
        log.info(
            "token service",
            metadata: ["event": "\(event.name)", "client": "\(client)", "request": "\(request.id)"])
    }
}
