/// Reads the section `pools`, and sees to it that every handler is in one of them.
struct PoolReading {
    private(set) var pools: [Pool] = []
    /// The pools that say themselves what they serve.
    private var listing: Set<String> = []

    init(_ root: ConfigurationSection, _ reading: ConfigurationReading, folder: String) {
        let hasUpstreams = root.line(of: "upstreams") != nil
        let section = root.section("pools")
        // Those that nobody names are read all the same, for the environment and the manual.
        let names =
            section.names.isEmpty
            ? DefaultPool.needed(withUpstreams: hasUpstreams).map(\.rawValue) : section.names.map(\.name)
        for name in names { add(name, section, reading, folder) }
        refuseDoubles(section)
        // One may be added in the console, so they are served in any case; who has none is not bothered with it.
        placeUnlisted(HandlerName.allCases, reading) { hasUpstreams || !$0.isOfUpstreams }
        for pool in pools {
            if pool.handlers.isEmpty, !listing.contains(pool.name) {
                section.fault(pool.name, "has no handlers; list those that it serves, such as handlers: [login]")
            }
            if pool.socket.utf8.count > Pool.socketPathLimit {
                reading.warn(
                    "pools.\(pool.name).socket is longer than \(Pool.socketPathLimit) bytes, which no Unix socket may be: \(pool.socket)"
                )
            }
        }
    }

    private mutating func add(
        _ name: String, _ pools: ConfigurationSection, _ reading: ConfigurationReading, _ folder: String
    ) {
        if !Pool.isName(name) {
            pools.fault(name, "is no name for a pool; use 1 to 32 of a-z, 0-9, - and _")
        }
        let section = pools.section(name, manual: "NAME")
        let values = section.values("handlers") ?? []
        let handlers = values.compactMap { value -> HandlerName? in
            if let handler = HandlerName(rawValue: value.text) { return handler }
            let all = HandlerName.allCases.map(\.rawValue)
            let nearest = Nearest.question(value.text, among: all)
            reading.fault(
                "\(section.name(of: "handlers")) has \"\(value.text)\", which is no handler."
                    + (nearest.isEmpty ? " There are \(all.joined(separator: ", "))." : nearest), at: value.place)
            return nil
        }
        if !values.isEmpty { listing.insert(name) }
        let usual = DefaultPool(rawValue: name)
        self.pools.append(
            Pool(
                name: name, handlers: handlers,
                processes: section.integer("processes", in: 1...64, default: usual?.processes ?? 1),
                threads: section.integer("threads", in: 1...256, default: usual?.threads ?? 4),
                socket: section.path("socket", default: Pool.defaultSocket(name, in: folder), in: folder)))
        section.refuseUnknown()
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

    /// A handler that came with an upgrade stands in no list yet, and must not keep an installation from starting.
    private mutating func placeUnlisted(
        _ handlers: [HandlerName], _ reading: ConfigurationReading, warningOf isExpected: (HandlerName) -> Bool
    ) {
        let listed = Set(pools.flatMap(\.handlers))
        var unexpected: [(pool: String, handler: String)] = []
        for handler in handlers where !listed.contains(handler) {
            let usual = [handler.traits.pool, handler.traits.pool.substitute].lazy.compactMap { [pools] usual in
                pools.firstIndex { $0.name == usual.rawValue }
            }.first
            // Never with the tokens, whose threads an upstream that hangs would keep.
            let substitute = handler.isOfUpstreams ? pools.firstIndex { $0.handlers.contains(.console) } : nil
            let index = usual ?? substitute ?? pools.startIndex
            pools[index].handlers.append(handler)
            if isExpected(handler), usual == nil || listing.contains(pools[index].name) {
                unexpected.append((pools[index].name, handler.rawValue))
            }
        }
        for pool in pools {
            let names = unexpected.filter { $0.pool == pool.name }.map(\.handler)
            guard !names.isEmpty else { continue }
            reading.warn(
                "no pool lists \(names.joined(separator: ", ")), so pools.\(pool.name) serves this too; add it to the "
                    + "handlers of the pool that you want it in")
        }
    }
}
