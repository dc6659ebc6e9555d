/// The pools of a configuration that names none: two, so that slow password hashing never keeps tokens waiting, and a third
/// where there are upstreams, so that none of those that hangs does.
enum DefaultPool: String, Sendable, CaseIterable {
    case fast, slow, upstream

    static func needed(withUpstreams: Bool) -> [DefaultPool] { withUpstreams ? allCases : [.fast, .slow] }

    /// Where its handlers go where it isn't.
    var substitute: DefaultPool { self == .upstream ? .slow : self }

    var processes: Int {
        switch self {
        case .fast: 2
        case .slow, .upstream: 1
        }
    }

    /// In `slow` most of them wait for their turn to hash, in `upstream` for somebody's answer.
    var threads: Int {
        switch self {
        case .fast: 8
        case .slow, .upstream: 24
        }
    }

    /// With the handlers whose rows name it; `folder` is the configuration's.
    func pool(in folder: String) -> Pool {
        Pool(
            name: rawValue, handlers: HandlerName.allCases.filter { $0.traits.pool == self }, processes: processes,
            threads: threads, socket: Pool.defaultSocket(rawValue, in: folder))
    }
}
