import JOSE
import OIDCLogic

/// What a form of the console proves its page by: bound to the address that it goes to, the session and the account. It
/// serves once.
struct ConsoleFormToken {
    /// The one time that it serves.
    let step: AttemptID
    private let sealed: String

    init(for action: String, of signedIn: SignedIn, seal: Seal, random: some RandomSource) {
        step = AttemptID(Base64URL.encode(random.bytes(16)))
        sealed = Self.token(for: action, step, signedIn).sealed(by: seal)
    }

    /// Nil: it was made for something else, or by somebody else.
    init?(_ text: String?, for action: String, of signedIn: SignedIn, opening seal: Seal) {
        guard let parts = text?.split(separator: ".", maxSplits: 1), parts.count == 2 else { return nil }
        step = AttemptID(String(parts[0]))
        sealed = String(parts[1])
        guard Self.token(for: action, step, signedIn).matches(sealed, opening: seal) else { return nil }
    }

    var text: String { "\(step.value).\(sealed)" }

    private static func token(for action: String, _ step: AttemptID, _ signedIn: SignedIn) -> FormToken {
        FormToken("console \(action)", attempt: step, signedIn: signedIn)
    }
}
