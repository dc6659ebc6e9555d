import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

@Suite struct ConformanceTests {
    @Test(arguments: StoreContract.allCases)
    func `the embedded store keeps every promise of a store`(topic: StoreContract) throws {
        let file = try TemporaryDatabase()
        let database = try file.open()
        try expectConformance(of: { try database.store() }, to: [topic])
        #expect(try database.integrityCheck().isEmpty)
    }
}
