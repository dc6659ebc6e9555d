import FCGIBridge
import JOSE
import OIDCLogic

/// Where an administrator without a password chooses one, by a link from the command line. Nobody is signed in there.
struct ConsoleLinkPage {
    let provider: Provider

    /// What the link's address begins with. The token stands in the query, which no log holds.
    static func address(_ token: OneTimeLinkToken, issuer: Issuer) -> String {
        issuer.endpoint("admin/link") + "?token=\(token.text)"
    }

    func answer(_ request: Request) throws -> Response {
        let parameters = Parameters(request.method == .post ? try request.formFields() : try request.queryFields())
        let users = Administration(provider).users
        guard let token = try parameters.value("token").flatMap({ OneTimeLinkToken(presented: $0) }),
            let user = try users.user(of: token)
        else { return isOver(request) }
        guard request.method == .post else { return page(user, token, nil, request) }
        let password = Password(try parameters.value("password", limit: PasswordHash.maximumPasswordBytes) ?? "")
        do {
            let isSet = try provider.acting(as: .user(user.id), by: .console, request) {
                try users.setPassword(password, by: token)
            }
            guard isSet else { return isOver(request) }
            return provider.redirect(to: provider.issuer.endpoint("admin/"), for: request)
        } catch let error as AdministrationError {
            return page(user, token, error.description, request)
        }
    }

    private func isOver(_ request: Request) -> Response {
        provider.errorPage(
            .expired, .invalidRequest("the link was used, or is over; \"postern admin link NAME\" prints another"),
            for: request)
    }

    private func page(_ user: User, _ token: OneTimeLinkToken, _ fault: String?, _ request: Request) -> Response {
        var field = ConsoleForm.Field(
            "password", "New password", .password, hint: "At least 8 characters", isRequired: true)
        field.error = fault
        var form = ConsoleForm(
            to: provider.issuer.path + "/admin/link", [field], button: "Set the password")
        form.token = token.text
        let page = ConsolePage(
            "Choose a password",
            [ConsoleBlock(nil, "For \(user.username). You sign in with it on the next page.", .form(form))])
        var response = provider.pages.answer(
            page, status: fault == nil ? .ok : .badRequest, uiLocales: ["en"], acceptLanguage: nil)
        response.keepFormsHere()
        return response
    }
}
