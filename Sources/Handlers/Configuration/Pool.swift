/// A group of processes that serve the same handlers behind one socket.
package struct Pool: Sendable, Equatable {
    /// ``isName(_:)`` holds of it.
    package let name: String
    package internal(set) var handlers: [HandlerName]
    package let processes: Int
    /// In each process.
    package let threads: Int
    /// An absolute path.
    package let socket: String

    package init(name: String, handlers: [HandlerName], processes: Int, threads: Int, socket: String) {
        self.name = name
        self.handlers = handlers
        self.processes = processes
        self.threads = threads
        self.socket = socket
    }

    package var signs: Bool { handlers.contains(where: \.signs) }

    /// What a Unix socket's path may have in bytes (`sun_path` without its end).
    package static let socketPathLimit = 107

    /// Names are parts of file names, of nginx's upstreams and of systemd's units.
    static func isName(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
    }

    static func defaultSocket(_ name: String, in folder: String) -> String {
        AbsolutePath.of("run/\(name).sock", in: folder)
    }
}
