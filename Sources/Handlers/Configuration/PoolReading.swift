/// Reads the section `pools`, and holds it against the handlers that there are.
struct PoolReading {
    let pools: [Pool]

    /// The pools of a configuration that says nothing of them, relative to its folder.
    static func defaults(in folder: String) -> [Pool] {
        [
            Pool(
                name: "fast", handlers: HandlerName.allCases.filter { $0 != .login }, processes: 2, threads: 8,
                socket: AbsolutePath.of("run/fast.sock", in: folder)),
            Pool(
                name: "slow", handlers: [.login], processes: 1, threads: 24,
                socket: AbsolutePath.of("run/slow.sock", in: folder)),
        ]
    }

    init(_ root: ConfigurationSection, _ reading: ConfigurationReading, folder: String) {
        let section = root.section("pools")
        guard !section.names.isEmpty else {
            // The keys are declared all the same, for the environment and the manual.
            pools = Self.defaults(in: folder).map { Self.pool($0.name, section, reading, folder, default: $0) }
            return
        }
        pools = section.names.map { name, _ in
            Self.pool(name, section, reading, folder, default: nil)
        }
        refuseDoubles(section)
        refuseGaps(root)
        for pool in pools where pool.socket.utf8.count > Pool.socketPathLimit {
            reading.warn(
                "pools.\(pool.name).socket is longer than \(Pool.socketPathLimit) bytes, which no Unix socket may be: \(pool.socket)"
            )
        }
    }

    private static func pool(
        _ name: String, _ pools: ConfigurationSection, _ reading: ConfigurationReading, _ folder: String,
        default fallback: Pool?
    ) -> Pool {
        let isName =
            (1...32).contains(name.utf8.count)
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
        if !isName {
            pools.fault(name, "is no name for a pool; use 1 to 32 of a-z, 0-9, - and _")
        }
        let section = pools.section(name, manual: "NAME")
        let named = section.values("handlers")?.compactMap { value -> HandlerName? in
            if let handler = HandlerName(rawValue: value.text) { return handler }
            let all = HandlerName.allCases.map(\.rawValue)
            let nearest = Nearest.question(value.text, among: all)
            reading.fault(
                "\(section.name(of: "handlers")) has \"\(value.text)\", which is no handler."
                    + (nearest.isEmpty ? " There are \(all.joined(separator: ", "))." : nearest), at: value.place)
            return nil
        }
        if named == nil, fallback == nil, section.line(of: "handlers") == nil {
            pools.fault(name, "has no handlers; list those that it serves, such as handlers: [login]")
        }
        defer { section.refuseUnknown() }
        return Pool(
            name: name, handlers: named ?? fallback?.handlers ?? [],
            processes: section.integer("processes", in: 1...64, default: fallback?.processes ?? 1),
            threads: section.integer("threads", in: 1...256, default: fallback?.threads ?? 4),
            socket: section.path("socket", default: fallback?.socket ?? "run/\(name).sock", in: folder))
    }

    private func refuseDoubles(_ section: ConfigurationSection) {
        var servers: [HandlerName: String] = [:]
        var sockets: [String: String] = [:]
        for pool in pools {
            for handler in pool.handlers {
                if let other = servers.updateValue(pool.name, forKey: handler) {
                    let place = other == pool.name ? "twice" : "in pools.\(other) as well"
                    section.fault(pool.name, "has the handler \(handler.rawValue), which is there \(place); keep one")
                }
            }
            if let other = sockets.updateValue(pool.name, forKey: pool.socket) {
                section.fault(pool.name, "has the socket of pools.\(other); each pool needs one of its own")
            }
        }
    }

    private func refuseGaps(_ root: ConfigurationSection) {
        let served = Set(pools.flatMap(\.handlers))
        let missing = HandlerName.allCases.filter { !served.contains($0) }.map(\.rawValue)
        guard !missing.isEmpty else { return }
        root.fault("pools", "leaves out \(missing.joined(separator: ", ")); nobody would answer for it")
    }
}
