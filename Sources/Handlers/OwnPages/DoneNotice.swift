import JOSE
import OIDCLogic

/// The word in an address that says what has just been done there: made by whoever did it, and bound to the page, the session
/// and the account, so that no link makes a page of ours tell of what never was.
struct DoneNotice {
    private let path: String
    private let signedIn: SignedIn
    private let seal: Seal

    /// - Parameter path: of the page that tells of it.
    init(at path: String, of signedIn: SignedIn, seal: Seal) {
        self.path = path
        self.signedIn = signedIn
        self.seal = seal
    }

    func query(_ word: String) -> String { "?done=\(word).\(token(word).sealed(by: seal))" }

    /// Nil: nobody has done it.
    func word(in text: String?) -> String? {
        guard let parts = text?.split(separator: ".", maxSplits: 1), parts.count == 2 else { return nil }
        let word = String(parts[0])
        return token(word).matches(String(parts[1]), opening: seal) ? word : nil
    }

    private func token(_ word: String) -> FormToken {
        FormToken("done \(word) \(path)", attempt: AttemptID(""), signedIn: signedIn)
    }
}
