/// What an upstream's authorization endpoint sends a user back with (RFC 6749 §4.1.2).
package enum UpstreamAnswer: Sendable, Equatable {
    case code(String)
    /// RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6.
    case error(String, description: String?)

    /// In bytes.
    private static let codeLimit = 4096
    private static let textLimit = 256

    /// Throws what is wrong with it.
    ///
    /// - Parameter namesIssuer: whether the upstream says that each of its answers has `iss`.
    package init(_ parameters: Parameters, from issuer: WebURI, namesIssuer: Bool) throws(UpstreamFault) {
        let (code, error, description, iss): (String?, String?, String?, String?)
        do throws(OAuthError) {
            (code, error) = (try parameters.value("code", limit: Self.codeLimit), try parameters.value("error"))
            (description, iss) = (try parameters.value("error_description"), try parameters.value("iss"))
        } catch {
            throw .answer("\(error.cause ?? "a parameter of it can't be read")")
        }
        // RFC 9207 §2.4: whoever answers says who it is, errors included, and it is compared to the byte.
        switch iss {
        case let iss?: guard iss.hasSameBytes(as: issuer.value) else { throw .issuer(came: iss) }
        case nil: guard !namesIssuer else { throw .issuer(came: nil) }
        }
        switch (code, error) {
        case (let code?, nil): self = .code(code)
        case (nil, let error?):
            self = .error(Self.shown(error), description: description.map(Self.shown))
        case (nil, nil): throw .answer("it has neither code nor error")
        case (_?, _?): throw .answer("it has both code and error")
        }
    }

    /// Cut, and without what would break a line or turn it round.
    private static func shown(_ text: String) -> String {
        let cut = String(decoding: text.utf8.prefix(textLimit), as: UTF8.self).unicodeScalars
        return String(
            String.UnicodeScalarView(
                cut.filter {
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
                }))
    }

    /// For the log, of an answer that nothing is done with: what it says went wrong. Nil: it doesn't say.
    package static func complaint(_ parameters: Parameters) -> String? {
        guard let error = (try? parameters.value("error")) ?? nil else { return nil }
        let description = (try? parameters.value("error_description")) ?? nil
        return "\(shown(error))\(description.map { " (\(shown($0)))" } ?? "")"
    }

    /// Whether the user wasn't to be asked, and would have to be (OpenID Connect Core §3.1.2.6).
    package var needsUser: Bool {
        guard case .error(let error, _) = self else { return false }
        return ["login_required", "interaction_required", "consent_required", "account_selection_required"]
            .contains(error)
    }

    /// Whether it can't serve now, which passes (RFC 6749 §4.1.2.1).
    package var isOutage: Bool {
        guard case .error(let error, _) = self else { return false }
        return ["temporarily_unavailable", "server_error"].contains(error)
    }

    /// Whether the user turned back there.
    package var isRefusal: Bool {
        guard case .error(let error, _) = self else { return false }
        return error == "access_denied"
    }
}
