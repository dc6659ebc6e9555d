import OIDCLogic
import StoreContract
import Testing

@testable import SQLiteStore

/// Two databases on one file are what two processes have: only the file and its locks are shared.
@Suite struct RaceTests {
    let file: TemporaryDatabase
    let databases: [SQLiteDatabase]

    init() throws {
        file = try TemporaryDatabase()
        databases = [try file.open(), try file.open()]
        try databases[0].store().addFixtures()
    }

    /// Eight threads, four of each process.
    private func race<Result: Sendable>(_ body: @escaping @Sendable (SQLiteStore) throws -> Result) throws -> [Result] {
        let databases = databases
        return try concurrently(8) { number in try body(databases[number % 2].store()) }
    }

    @Test func `of several who redeem one code, one does`() throws {
        for round in 0..<20 {
            let grant = Grant.fixture("code \(round)")
            let won = try race { store in try store.redeemOrRevoke(grant) }
            #expect(won.filter { $0 == .recorded }.count == 1 && won.filter { $0 == .replayed }.count == 7)
            #expect(try databases[1].store().grant(grant.id)?.isRevoked == true)
        }
        #expect(try databases[0].integrityCheck().isEmpty)
    }

    @Test func `of several who register by one token, as many do as it has uses`() throws {
        for round in 0..<10 {
            let token = InitialAccessToken(
                id: InitialAccessTokenID("\(round)"), digest: [UInt8(round)], permit: RegistrationPermit(), note: nil,
                uses: 3, usesLeft: 3, createdAt: .noon, expiresAt: .noon + 600)
            try databases[0].store().add(token)
            let next = Monitor<Int>(0)
            let won = try race { store in
                let number = next.update { number in
                    number += 1
                    return number
                }
                let client = try Client.fixture("client \(round) \(number)")
                let registration = ClientRegistration(
                    id: RegistrationID("\(round) \(number)"), clientID: client.id, digest: [1],
                    permit: RegistrationPermit())
                let isRegistered = try store.register(client, as: registration, spending: .token(token.id), at: .noon)
                #expect(try (store.client(client.id) != nil) == isRegistered)
                return isRegistered
            }
            #expect(won.filter { $0 }.count == 3)
        }
    }

    @Test func `of several who register by one CI token, one does`() throws {
        for round in 0..<10 {
            let proof = RegistrationProof.ciToken(AssertionID("\(round)", of: ClientID("ci")), until: .noon + 60)
            let next = Monitor<Int>(0)
            let won = try race { store in
                let number = next.update { number in
                    number += 1
                    return number
                }
                let client = try Client.fixture("job \(round) \(number)")
                let registration = ClientRegistration(
                    id: RegistrationID("job \(round) \(number)"), clientID: client.id, digest: [1],
                    permit: RegistrationPermit())
                let isRegistered = try store.register(client, as: registration, spending: proof, at: .noon)
                #expect(try (store.client(client.id) != nil) == isRegistered)
                return isRegistered
            }
            #expect(won.filter { $0 }.count == 1)
        }
    }

    @Test func `of several who spend one attempt, one does`() throws {
        for round in 0..<20 {
            let attempt = AttemptID("attempt \(round)")
            let won = try race { store in try store.spend(attempt, until: .noon) }
            #expect(won.filter { $0 }.count == 1)
        }
    }

    @Test func `of several who sign in by one attempt, one starts a session`() throws {
        for round in 0..<20 {
            let next = Monitor<UInt8>(0)
            let won = try race { store in
                let number = next.update { number in
                    number += 1
                    return number
                }
                let session = Session.fixture("session \(round) \(number)")
                let digest = [UInt8(round), number]
                let outcome = try store.start(session, digest: digest, spending: "attempt \(round)")
                #expect(try (store.session(digest: digest) != nil) == (outcome == .started))
                return outcome == .started
            }
            #expect(won.filter { $0 }.count == 1)
        }
    }

    @Test func `of several who renew one session, one does`() throws {
        var presented: [UInt8] = [0xF1]
        for round in 0..<20 {
            let next = Monitor<UInt8>(0)
            let cookie = presented
            let won = try race { store in
                let number = next.update { number in
                    number += 1
                    return number
                }
                let digest = [UInt8(round), number]
                let outcome = try store.start(
                    .fixture(), digest: digest, former: .renewed(presented: cookie), spending: "\(round) \(number)")
                #expect(outcome == .started || outcome == .sessionChanged)
                return outcome == .started ? digest : nil
            }
            let winners = won.compactMap { $0 }
            #expect(winners.count == 1)
            presented = winners.first ?? []
            #expect(try databases[1].store().session(digest: presented) == .fixture())
        }
    }

    @Test func `whoever is disabled at once with a sign-in or a redemption keeps nothing`() throws {
        for round in 0..<20 {
            let user = User.fixture("user \(round)", name: "user \(round)")
            try databases[0].store().add(user)
            let first = Session.fixture("first \(round)", of: user.id)
            #expect(
                try databases[0].store().start(first, digest: [1, UInt8(round)], of: user, spending: "first \(round)")
                    == .started)
            let next = Monitor<UInt8>(0)
            _ = try race { store in
                let number = next.update { number in
                    number += 1
                    return number
                }
                switch number % 4 {
                case 0:
                    var disabled = user
                    disabled.isDisabled = true
                    _ = try? store.replace(disabled, ending: .everything)
                case 1:
                    let grant = Grant.fixture("\(round) \(number)", user: user.id, session: first.id.value)
                    _ = try store.redeemOrRevoke(grant)
                default:
                    let session = Session.fixture("\(round) \(number)", of: user.id)
                    let digest = [2, UInt8(round), number]
                    _ = try store.start(session, digest: digest, of: user, spending: "\(round) \(number)")
                }
            }
            let store = try databases[1].store()
            #expect(try store.user(user.id)?.isDisabled == true)
            for number in 1...8 as ClosedRange<UInt8> {
                #expect(try store.session(digest: [2, UInt8(round), number]) == nil)
                let grant = try store.grant(GrantID("\(round) \(number)"))
                #expect(grant?.isRevoked != false)
            }
        }
    }

    @Test func `of changes that are made at once of one state, one is made`() throws {
        for round in 0..<20 {
            let client = try Client.fixture("client \(round)")
            try databases[0].store().add(client)
            let outcomes = try race { store in
                do { return try store.replace(client) == client.next } catch StoreError.changed { return false }
            }
            #expect(outcomes.filter { $0 }.count == 1)
            #expect(try databases[1].store().client(client.id)?.version == 2)
        }
    }

    @Test func `two pages that are allowed at once lose neither's scope`() throws {
        for round in 0..<20 {
            let client = try Client.fixture("client \(round)")
            try databases[0].store().add(client)
            let next = Monitor(0)
            _ = try race { store in
                let number = next.update { number in
                    number += 1
                    return number
                }
                let consent = Consent(
                    userID: UserID("sub-1"), clientID: client.id, scope: Scope(names: ["\(number)"]), grantedAt: .noon)
                let attempt = AttemptID("\(round) \(number)")
                let isSpent = try store.remember(consent, spending: attempt, until: .noon)
                #expect(isSpent)
            }
            let scope = try databases[1].store().consent(of: UserID("sub-1"), to: client.id)?.scope
            #expect(scope == Scope(names: (1...8).map(String.init)))
        }
    }

    @Test func `together they park no more than the limit`() throws {
        let next = Monitor<UInt8>(0)
        let parked = try race { store in
            try (0..<5).filter { _ in
                let number = next.update { number in
                    number += 1
                    return number
                }
                return try store.park(
                    "sealed", digest: [number], address: "192.0.2.1", until: .noon + 600, now: .noon, limit: 7)
            }.count
        }
        #expect(parked.reduce(0, +) == 7)
    }

    @Test func `every failure is counted`() throws {
        let key = ThrottleKey.login(account: Username("ann"))
        _ = try race { store in
            for _ in 0..<25 { try store.recordFailure(for: [key], at: .noon) }
        }
        #expect(try databases[0].store().failedAttempts(for: key)?.count == 200)
    }

    @Test func `what returned is there for every other process`() throws {
        let databases = databases
        let seen = try concurrently(8) { number in
            let writer = try databases[number % 2].store()
            let reader = try databases[(number + 1) % 2].store()
            return try (0..<50).allSatisfy { round in
                let grant = Grant.fixture("code \(number) \(round)")
                return try writer.redeemOrRevoke(grant) == .recorded && reader.grant(grant.id) == grant
            }
        }
        #expect(seen.allSatisfy { $0 })
    }

    @Test func `a client changed by one process is seen by the next read of another`() throws {
        let (one, other) = (try databases[0].store(), try databases[1].store())
        var client = try Client.fixture("changing")
        try one.add(client)
        for second in 0..<50 as Range<Int64> {
            client.updatedAt = .noon + second
            client = try one.replace(client)
            #expect(try other.client(client.id) == client)
        }
        try one.add([.fixture()])
        #expect(try other.signingKeys().first?.status == .next)
        let active = SigningKeyRecord.fixture().fixture(.active(sealed: "sealed", since: .noon, longestToken: 1))
        try one.change([.move(.fixture(), to: active)])
        #expect(try other.signingKeys().first?.status == .active)
        #expect(try one.removeClient(client.id))
        #expect(try other.client(client.id) == nil)
    }

    @Test func `a client that was just changed is never read as it was before`() throws {
        let (one, others) = (try databases[0].store(), databases)
        var client = try Client.fixture("changing")
        client.updatedAt = Timestamp(0)
        try one.add(client)
        let written = Monitor<Int64>(0)
        let changing = client
        let faults = try concurrently(5) { number in
            let store = try others[number % 2].store()
            guard number > 0 else {
                var client = changing
                for round in 1...300 as ClosedRange<Int64> {
                    client.updatedAt = Timestamp(round)
                    client = try store.replace(client)
                    written.update { $0 = round }
                }
                return 0
            }
            var faults = 0
            while true {
                let before = written.update { $0 }
                let read = try store.client(changing.id)?.updatedAt.seconds ?? -1
                if read < before { faults += 1 }
                if before == 300 { return faults }
            }
        }
        #expect(faults.allSatisfy { $0 == 0 })
    }

    @Test func `processes that start at once make one database`() throws {
        let fresh = try TemporaryDatabase()
        let versions = try concurrently(8) { number in
            let database = try fresh.open()
            let store = try database.store()
            try store.add(User.fixture("sub-\(number)", name: "user-\(number)"))
            return try database.schemaVersion
        }
        #expect(versions.allSatisfy { $0 == Schema.migrations.count })
        let database = try fresh.open()
        #expect(try database.store().users(after: nil, limit: 100).count == 8)
        #expect(try database.integrityCheck().isEmpty)
    }

    @Test func `a busy process starves no other`() throws {
        let databases = databases
        let end = Monotonic.milliseconds + 500
        // Twelve threads of one process against four of another.
        let counts = try concurrently(16) { number in
            let store = try databases[number % 4 == 0 ? 1 : 0].store()
            var count = 0
            while Monotonic.milliseconds < end {
                _ = try store.redeemOrRevoke(Grant.fixture("code \(number) \(count)"))
                count += 1
            }
            return (number, count)
        }
        let busy = counts.filter { $0.0 % 4 != 0 }.map(\.1).reduce(0, +) / 12
        let other = counts.filter { $0.0 % 4 == 0 }.map(\.1).reduce(0, +) / 4
        #expect(busy < other * 3 && other < busy * 3, "writes of one thread: \(busy) and \(other)")
    }
}
