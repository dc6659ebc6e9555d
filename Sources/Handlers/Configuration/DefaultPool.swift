/// The pools of a configuration that names none. Two, so that slow password hashing never keeps tokens waiting.
enum DefaultPool: String, Sendable, CaseIterable {
    case fast, slow

    var processes: Int {
        switch self {
        case .fast: 2
        case .slow: 1
        }
    }

    /// In `slow` most of them wait for their turn to hash.
    var threads: Int {
        switch self {
        case .fast: 8
        case .slow: 24
        }
    }

    /// With the handlers whose rows name it; `folder` is the configuration's.
    func pool(in folder: String) -> Pool {
        Pool(
            name: rawValue, handlers: HandlerName.allCases.filter { $0.traits.pool == self }, processes: processes,
            threads: threads, socket: Pool.defaultSocket(rawValue, in: folder))
    }
}
