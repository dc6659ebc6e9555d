/// A last question before something that can't be undone.
enum Confirmation {
    /// Throws unless whoever sits at the terminal says yes. A script is not asked.
    ///
    /// - Parameter refusal: what is said of any other answer.
    static func require(_ question: String, given: Bool, refusal: String = "nothing was removed") throws {
        guard !given, StandardInput.isTerminal else { return }
        guard Terminal.confirms(question) else { throw Failure(refusal) }
    }
}
