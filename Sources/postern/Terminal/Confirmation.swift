/// A last question before something that can't be undone.
enum Confirmation {
    /// Throws unless whoever sits at the terminal says yes. A script is not asked.
    static func require(_ question: String, given: Bool) throws {
        guard !given, StandardInput.isTerminal else { return }
        guard Terminal.confirms(question) else { throw Failure("nothing was removed") }
    }
}
