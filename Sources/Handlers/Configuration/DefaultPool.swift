/// The pools of a configuration that names none: two, so that slow password hashing never keeps tokens waiting, and a third
/// where it has upstreams, so that none of those that hangs does. Without it `slow` serves those that the store has.
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

    /// With the handlers whose rows name it, and those of the ones that aren't `among` the pools; `folder` is the
    /// configuration's.
    func pool(in folder: String, among pools: [DefaultPool]) -> Pool {
        let handlers = HandlerName.allCases.filter { name in
            let usual = name.traits.pool
            return (pools.contains(usual) ? usual : usual.substitute) == self
        }
        return Pool(
            name: rawValue, handlers: handlers, processes: processes,
            threads: threads, socket: Pool.defaultSocket(rawValue, in: folder))
    }
}
