import JOSE

/// How often within a moment a browser was sent straight back with an answer to the same request, without a page: an app that begins anew each
/// time that it is answered would keep it going for ever. It travels in a cookie, is worth nothing, and never grows.
package struct RedirectLoop: Sendable, Equatable {
    /// Answers that nobody wonders about.
    package static let limit: Int64 = 5
    /// In seconds, from the first of them on.
    package static let window: Int64 = 10

    private let target: String
    private let since: Timestamp
    private let answers: Int64

    /// One more answer.
    ///
    /// - Parameter cookie: as ``text`` was; anything else counts for nothing.
    package init(adding target: RedirectTarget, to cookie: String?, at now: Timestamp) {
        let name = Base64URL.encode(target.purpose.prefix(9))
        let parts = (cookie ?? "").split(separator: ".", omittingEmptySubsequences: false)
        self.target = name
        guard parts.count == 3, parts[0] == name, let answers = Int64(parts[1]), (1...Self.limit).contains(answers),
            let seconds = Int64(parts[2]), Timestamp(seconds).isWithin(Self.window, of: now)
        else {
            self.answers = 1
            since = now
            return
        }
        self.answers = answers + 1
        since = Timestamp(seconds)
    }

    package var text: String { "\(target).\(answers).\(since.seconds)" }

    /// Whether it is time to show what is going on.
    package var isEndless: Bool { answers > Self.limit }
}
