import FCGIBridge
import JOSE
import OIDCLogic

/// A form of ours that came back: its attempt opened, and known to be of this browser.
struct PageForm {
    let parameters: Parameters
    let attempt: Attempt

    /// Why a form can't be taken, as the page that says so.
    struct Refused: Error, CustomStringConvertible {
        let kind: ErrorPage.Kind
        let error: OAuthError
        let attempt: Attempt?

        /// Without what the attempt knows of the app's request.
        var description: String { "\(kind): \(error)" }
    }

    init(_ request: Request, provider: Provider) throws {
        guard request.isOfPerson else {
            throw Refused(
                kind: .foreignForm, error: .invalidRequest("this form must be sent by its own page"), attempt: nil)
        }
        parameters = Parameters(try request.formFields())
        guard let sealed = try parameters.value("attempt"),
            let attempt = try? Attempt(sealed: sealed, opening: provider.seal)
        else {
            throw Refused(
                kind: .badRequest, error: .invalidRequest("the form came without the attempt that its page carries"),
                attempt: nil)
        }
        self.attempt = attempt
        guard let browser = provider.cookies.browserToken(in: request) else {
            throw Refused(
                kind: .cookiesBlocked, error: .invalidRequest("the browser sent no cookie of ours"), attempt: attempt)
        }
        guard attempt.belongs(to: browser) else {
            throw Refused(
                kind: .wrongBrowser, error: .invalidRequest("the form was shown in another browser"), attempt: attempt)
        }
    }
}

extension PageForm {
    /// Throws ``Refused`` for a form that isn't the login page's own.
    func requireLoginToken(opening seal: Seal) throws {
        guard FormToken.login(attempt).matches(try parameters.value("token"), opening: seal) else {
            throw Refused(
                kind: .expired, error: .invalidRequest("the form came without its token"), attempt: attempt)
        }
    }
}

extension FormToken {
    /// Of the forms of a login page.
    static func login(_ attempt: Attempt) -> FormToken { FormToken("login", attempt: attempt.id, signedIn: nil) }
}

extension Request {
    /// Whether a browser shows the answer to somebody, as far as it says: a frame or a script of any page is no person.
    var isOfPerson: Bool {
        header("Sec-Fetch-Mode").map { $0 == "navigate" } ?? true
            && header("Sec-Fetch-Dest").map { $0 == "document" } ?? true
    }
}
