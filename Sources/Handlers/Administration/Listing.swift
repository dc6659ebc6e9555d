import JOSE

/// Several things as one JSON value.
package enum Listing {
    package static func json(_ items: [JSON]) -> JSON { .array(items) }
}

extension Pool {
    package static func json(_ pools: [Pool]) -> JSON {
        .array(
            pools.map { pool in
                .object([
                    "name": .string(pool.name),
                    "socket": .string(pool.socket),
                    "processes": .integer(Int64(pool.processes)),
                    "threads": .integer(Int64(pool.threads)),
                    "handlers": .array(pool.handlers.map { .string($0.rawValue) }),
                ])
            })
    }
}

extension Initialization {
    package var json: JSON {
        .object([
            "issuer": .string(configuration.issuer.value),
            "steps": .array(
                steps.map {
                    .object(["name": .string($0.name), "detail": .string($0.detail), "made": .bool($0.wasMade)])
                }),
        ])
    }
}
