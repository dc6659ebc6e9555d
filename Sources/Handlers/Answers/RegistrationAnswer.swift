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
        logRefusal(
            error.code.rawValue, "\(error.member) was refused", .clientMetadata(error.member), of: request)
        return .jsonError(
            error.code.rawValue, "\(error.description.inASCII) (refusal \(request.id))", status: .badRequest)
    }

    /// The client information response (RFC 7591 §3.2.1, RFC 7592 §3).
    func clientInformation(
        _ client: Client, secret: ClientSecret?, in registration: RegistrationID, token: RegistrationToken
    ) -> JSON {
        var members = client.metadata.json.objectValue ?? [:]
        members["client_id"] = .string(client.id.value)
        members["client_id_issued_at"] = .integer(client.createdAt.seconds)
        // Our own: nobody can sign in to it yet.
        if client.approval == .awaited { members["awaits_approval"] = true }
        if let secret {
            members["client_secret"] = .string(secret.reveal())
            members["client_secret_expires_at"] = 0
        }
        members["registration_access_token"] = .string(token.text)
        members["registration_client_uri"] = .string(issuer.endpoint("register/\(registration)"))
        return .object(members)
    }
}

extension String {
    /// RFC 7591 §3.2.2: `error_description` is ASCII. What else came is escaped as JSON escapes it.
    fileprivate var inASCII: String {
        guard utf8.contains(where: { $0 > 0x7E }) else { return self }
        return utf16.reduce(into: "") { text, unit in
            if let scalar = Unicode.Scalar(unit), unit <= 0x7E {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
