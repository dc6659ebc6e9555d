import JOSE

/// What a form of ours carries to prove that its page was shown by us, in this browser, to this account, for this step.
package struct FormToken: Sendable {
    private let binding: [UInt8]

    /// - Parameters:
    ///   - purpose: the step, and whatever of the page must not change until it is taken.
    ///   - attempt: the attempt that the page belongs to.
    ///   - signedIn: nil where nobody has signed in yet.
    package init(_ purpose: String, attempt: AttemptID, signedIn: SignedIn?) {
        let parts = [purpose, attempt.value, signedIn?.session.id.value ?? "", signedIn?.user.id.value ?? ""]
        binding = parts.flatMap { Array("\($0.utf8.count):".utf8) + Array($0.utf8) }
    }

    package func sealed(by seal: Seal) -> String {
        seal.seal([], purpose: .formToken, associated: binding)
    }

    package func matches(_ text: String?, opening seal: Seal) -> Bool {
        guard let text else { return false }
        return (try? seal.open(text, purpose: .formToken, associated: binding)) != nil
    }
}
