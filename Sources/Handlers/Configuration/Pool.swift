/// A group of processes that serve the same handlers behind one socket.
package struct Pool: Sendable, Equatable {
    package let name: String
    package let handlers: [HandlerName]
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
}
