import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct QueryPlanTests {
    /// Tables that are read as a whole on purpose: one row, a few keys, the catalogue, which is kept, and what files declare,
    /// which administrators alone look at.
    private static let scanned = [
        "generation", "pairwise_salt", "signing_key", "scope", "role", "user_group", "group_role", "declaration",
        "audit_pruning", "upstream", "upstream_health",
        // What administrators count: a ring of bounded size, and the rows that were found of the audit log.
        "refusal", "(subquery-1)", "(subquery-2)",
        // What a statement was given.
        "json_each VIRTUAL TABLE INDEX 1:",
    ]

    /// Statements that go through all links of an issuer on purpose: what administrators count and move, and what is planned
    /// anew when a process begins or an interval has changed.
    private static let ofManyLinks = [
        "count(*)", "next_check_at IS NULL OR", "upstream_link AS", "SELECT sub FROM upstream_link", "SET issuer = ?2",
    ]

    @Test func `every statement finds its rows by an index`() throws {
        let file = try TemporaryDatabase()
        let database = try file.open()
        var readers: [SQLiteStore] = []
        for topic in StoreContract.allCases where topic != .consents {
            // Topics expect an empty store: what they use is what counts here, not whether they hold.
            let fresh = try TemporaryDatabase()
            let used = try fresh.open()
            let store = try used.store()
            try expectConformance(of: { store }, to: [topic])
            readers.append(store)
            try check(store.reader.statementTexts, in: database)
            try check(try used.write { database in database.statementTexts }, in: database)
        }
        #expect(readers.count > 5)
    }

    @Test func `so do those that end sessions by time`() throws {
        let file = try TemporaryDatabase()
        let database = try file.open(tellingOf: SessionExpiry(idle: 60, longest: 3600))
        let store = try database.store()
        try store.addFixtures()
        _ = try store.prune(at: Session.fixture().expiresAt, limit: 9)
        let statements = try database.write { database in database.statementTexts }
        #expect(statements.contains { $0.contains("last_used_at <=") })
        try check(statements, in: database)
    }

    private func check(_ statements: [String], in database: SQLiteDatabase) throws {
        for sql in statements where ["SELECT", "INSERT", "UPDATE", "DELETE"].contains(where: sql.hasPrefix) {
            guard !sql.contains("sqlite_schema") else { continue }
            let plan = try database.write { database in
                try database.explain(sql)
            }
            for step in plan where step.hasPrefix("SCAN") && step != "SCAN CONSTANT ROW" {
                let isByIndex = step.contains("USING INDEX") || step.contains("USING COVERING INDEX")
                let isOfAllLinks = step == "SCAN upstream_link" && Self.ofManyLinks.contains(where: sql.contains)
                #expect(
                    isByIndex || isOfAllLinks || Self.scanned.contains { step == "SCAN \($0)" }, "\(step) in: \(sql)")
            }
            let isByIssuerAlone = plan.contains { $0.hasSuffix("upstream_link USING PRIMARY KEY (issuer=?)") }
            #expect(!isByIssuerAlone || Self.ofManyLinks.contains(where: sql.contains), "all of an issuer in: \(sql)")
            let sorts = plan.filter { $0.contains("USE TEMP B-TREE") }
            #expect(
                sorts.isEmpty || sql.contains("FROM signing_key") || sql.contains("GROUP BY 1"), "\(sorts) in: \(sql)")
        }
    }
}

extension Database {
    /// The plan of a statement with as many parameters as its highest `?N`.
    func explain(_ sql: String) throws(StoreError) -> [String] {
        let count = (1...20).last { sql.contains("?\($0)") } ?? 0
        return try explain("EXPLAIN QUERY PLAN " + sql, Array(repeating: Value.null, count: count))
    }

    private func explain(_ sql: String, _ values: [Value]) throws(StoreError) -> [String] {
        try all(sql, values: values) { row throws(StoreError) in try row.text(3) }
    }
}
