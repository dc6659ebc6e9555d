import FCGIBridge
import JOSE
import OIDCLogic

extension Provider {
    /// Answers as JSON, whatever happens. Whoever registers is known by a token, so the answer names the member and the
    /// value that are wrong, and what would be right (RFC 7591 §3.2.2).
    func answeringRegistration(_ request: Request, _ respond: () throws -> Response) -> Response {
        do {
            return try respond()
        } catch let error as ClientMetadataError {
            return refuse(error, for: request)
        } catch {
            return bearerChallenge(OAuthError(answering: error), realm: .registration, for: request)
        }
    }

    private func refuse(_ error: ClientMetadataError, for request: Request) -> Response {
        let text = "\(error.member) was refused"
        let kept = keep(error.code.rawValue, text, .clientMetadata(error.member), of: request)
        log.log(
            level: .notice, "refused",
            metadata: [
                "refusal": "\(request.id)", "reference": "\(ErrorPage.grouped(request.id))",
                "handler": "\(request.handler)", "error": "\(error.code.rawValue)", "text": "\(text)",
                "address": "\(request.remoteAddress)",
            ].merging(kept.metadata) { own, _ in own })
        return .jsonError(
            error.code.rawValue, "\(error.description) (refusal \(request.id))", status: .badRequest)
    }

    /// The client information response (RFC 7591 §3.2.1, RFC 7592 §3).
    func clientInformation(
        _ client: Client, secret: ClientSecret?, in registration: RegistrationID, token: RegistrationToken
    ) -> JSON {
        var members = client.metadata.json.objectValue ?? [:]
        members["client_id"] = .string(client.id.value)
        members["client_id_issued_at"] = .integer(client.createdAt.seconds)
        if let secret {
            members["client_secret"] = .string(secret.reveal())
            members["client_secret_expires_at"] = 0
        }
        members["registration_access_token"] = .string(token.text)
        members["registration_client_uri"] = .string(issuer.endpoint("register/\(registration)"))
        return .object(members)
    }
}
