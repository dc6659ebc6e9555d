/// Where a session was begun, as its browser said it: so that its user tells it from their others. Nothing is decided by it.
package struct SessionDevice: Sendable, Equatable {
    package let address: String
    /// Printable ASCII.
    package let userAgent: String?

    package init(address: String, userAgent: String?) {
        self.address = address
        self.userAgent = userAgent.map { text in
            String(decoding: text.utf8.filter { (0x20...0x7E).contains($0) }.prefix(Self.limit), as: UTF8.self)
        }
    }

    /// In bytes: what is kept of a `User-Agent`.
    static let limit = 256

    /// The browser by its name, if it is one of those that are known.
    package var browser: String? { Self.first(of: Self.browsers, in: userAgent) }

    /// What the browser runs on, likewise.
    package var system: String? { Self.first(of: Self.systems, in: userAgent) }

    /// By a word that its `User-Agent` has. Many call themselves by the names of others as well, so the order counts.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chromium/", "Chromium"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
        ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]

    private static func first(of names: [(word: String, name: String)], in text: String?) -> String? {
        guard let text else { return nil }
        return names.first { text.contains($0.word) }?.name
    }
}
