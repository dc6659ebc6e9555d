import JOSE
import Testing

@testable import OIDCLogic

/// OpenID Connect Core §10.1.1.
@Suite struct SigningKeyPlanTests {
    private let noon = Timestamp(1_800_000_000)
    private static let hour: Int64 = 3600
    private static let day: Int64 = 24 * hour

    /// The keys of one algorithm, and a clock.
    private struct Keys {
        var now: Timestamp
        var lifetimes: Lifetimes
        var all: [SigningKeyRecord]
        private var made = 1

        init(at now: Timestamp, _ lifetimes: Lifetimes) {
            self.now = now
            self.lifetimes = lifetimes
            all = [
                SigningKeyRecord(
                    keyID: "1", algorithm: .es256, publicJWK: .null, createdAt: now,
                    state: .active(sealed: "", since: now, longestToken: lifetimes.longestSignedToken))
            ]
        }

        var plan: SigningKeyPlan? { SigningKeyPlan(.es256, of: all, lifetimes: lifetimes) }
        var active: [String] { all.filter { $0.status == .active }.map(\.keyID) }
        var published: Set<String> { Set(all.filter { $0.isPublished(at: now) }.map(\.keyID)) }

        mutating func new(_ state: SigningKeyState = .next(sealed: "")) -> SigningKeyRecord {
            made += 1
            return SigningKeyRecord(
                keyID: "\(made)", algorithm: .es256, publicJWK: .null, createdAt: now, state: state)
        }

        mutating func take(_ steps: [SigningKeyStep]) {
            for step in steps {
                switch step {
                case .add(let key): all.append(key)
                case .move(let former, let key):
                    if let index = all.firstIndex(of: former) { all[index] = key }
                }
            }
        }

        /// What a process does by itself.
        mutating func keepPlan() {
            guard let plan else { return }
            switch plan.due(at: now) {
            case .publication: take([.add(new())])
            case .activation(let next): take(plan.activation(of: next, at: now))
            case .note: take([plan.note])
            case nil: break
            }
            all.removeAll { $0.state.keptUntil.map { $0 <= now } ?? false }
        }
    }

    @Test(
        arguments: [
            (90 * day, 7 * day, hour), (90 * day, 7 * day, 30 * day), (1 * day, 3 * hour, hour),
            (30 * day, 12 * hour, 5 * day),
        ] as [(Int64, Int64, Int64)])
    func `through a year no token meets somebody who lacks its key`(age: Int64, ahead: Int64, token: Int64) throws {
        var lifetimes = Lifetimes()
        (lifetimes.signingKey, lifetimes.signingKeyAhead) = (age, ahead)
        (lifetimes.accessToken, lifetimes.idToken) = (token, Self.hour)
        var keys = Keys(at: noon, lifetimes)
        // The sets that somebody may still hold, and until when tokens of each key live.
        var held: [(at: Timestamp, keys: Set<String>)] = []
        var ends: [String: Timestamp] = [:]
        let step: Int64 = 1200
        let outage = (noon + 80 * Self.day)..<(noon + 110 * Self.day)
        while keys.now < noon + 365 * Self.day {
            // Nobody keeps the plan while no pool runs, and all goes on safely after it.
            if !outage.contains(keys.now) { keys.keepPlan() }
            try #require(keys.active.count == 1)
            let published = keys.published
            held.append((keys.now, published))
            held.removeAll { keys.now - $0.at > PublicCaching.longest }
            ends[keys.active[0]] = keys.now + token
            try #require(held.allSatisfy { $0.keys.contains(keys.active[0]) }, "whoever kept a set has what signs now")
            let living = ends.filter { $0.value >= keys.now }
            try #require(living.allSatisfy { published.contains($0.key) }, "and every token that lives can be verified")
            keys.now = keys.now + step
        }
        let expected = 365 * Self.day / age
        #expect((expected - 30 * Self.day / age - 1...expected).contains(Int64(ends.count) - 1), "keys did change")
        #expect(keys.all.count <= 3 + Int(31 * Self.day / age), "and the old ones went: \(keys.all.count)")
    }

    @Test func `the next key is published ahead of its time, signs when it comes, and not before`() throws {
        var keys = Keys(at: noon, Lifetimes())
        let plan = try #require(keys.plan)
        #expect(plan.publishesAt == noon + 83 * Self.day && plan.rotatesAt == noon + 90 * Self.day)
        #expect(plan.due(at: noon + (83 * Self.day - 1)) == nil)
        #expect(plan.due(at: noon + 83 * Self.day) == .publication)

        keys.now = noon + 83 * Self.day + 60
        keys.keepPlan()
        let next = try #require(keys.plan?.next)
        let signsFrom = keys.now + 7 * Self.day
        #expect(
            keys.plan?.publishesAt == nil && keys.plan?.rotatesAt == signsFrom, "late by as long as it was found late")
        #expect(keys.plan?.due(at: signsFrom + -1) == nil)
        #expect(keys.plan?.due(at: signsFrom) == .activation(next))
        keys.now = signsFrom
        keys.keepPlan()
        #expect(keys.active == ["2"] && keys.published == ["1", "2"])
    }

    @Test func `a clock that was set back makes nothing happen early`() throws {
        var keys = Keys(at: noon, Lifetimes())
        #expect(keys.plan?.due(at: noon + -1000 * Self.day) == nil)
        keys.take([.add(keys.new())])
        #expect(keys.plan?.isReady(at: noon + -1000 * Self.day) == false)
    }

    @Test func `without an age nothing is made by itself, but what was made signs when it may`() throws {
        var lifetimes = Lifetimes()
        lifetimes.signingKey = nil
        var keys = Keys(at: noon, lifetimes)
        #expect(keys.plan?.due(at: noon + 10_000 * Self.day) == nil && keys.plan?.rotatesAt == nil)
        #expect(keys.plan?.isOverdue(at: noon + 10_000 * Self.day) == false)
        let next = keys.new()
        keys.take([.add(next)])
        #expect(keys.plan?.due(at: noon + 7 * Self.day) == .activation(next))
    }

    @Test func `what should have happened a day ago is overdue`() throws {
        var keys = Keys(at: noon, Lifetimes())
        #expect(keys.plan?.isOverdue(at: noon + 91 * Self.day) == false)
        #expect(keys.plan?.isOverdue(at: noon + (91 * Self.day + 1)) == true)
        keys.now = noon + 100 * Self.day
        keys.keepPlan()
        #expect(keys.plan?.isOverdue(at: keys.now) == false, "as soon as it is on its way")
        #expect(keys.plan?.isOverdue(at: keys.now + (8 * Self.day + 1)) == true, "a next key that never signs is")
    }

    @Test func `a token's longer life is noted before all else`() throws {
        var keys = Keys(at: noon, Lifetimes())
        keys.lifetimes.idToken = 2 * Self.day
        #expect(keys.plan?.due(at: noon + 83 * Self.day) == .note)
        keys.keepPlan()
        #expect(keys.plan?.due(at: noon + 83 * Self.day) == .publication)
        keys.lifetimes.idToken = Self.hour
        #expect(keys.plan?.due(at: noon) == nil, "a shorter one is not: the longer ones live on")
        #expect(keys.active == ["1"])
    }

    @Test func `a new key takes the place of the active one, which stays published`() throws {
        var keys = Keys(at: noon, Lifetimes())
        let new = keys.new(.active(sealed: "", since: noon, longestToken: Self.hour))
        keys.take(try #require(keys.plan?.replacement(by: new, at: noon)))
        #expect(keys.active == ["2"] && keys.published == ["1", "2"])
    }

    @Test func `there is a plan for what a key signs by, and for nothing else`() {
        let keys = Keys(at: noon, Lifetimes()).all
        #expect(SigningKeyPlan.all(of: keys, lifetimes: Lifetimes()).map(\.algorithm) == [.es256])
        #expect(SigningKeyPlan(.rs256, of: keys, lifetimes: Lifetimes()) == nil)
        let revoked = keys.map { $0.revoked(at: noon, lifetimes: Lifetimes()) }
        #expect(SigningKeyPlan.all(of: revoked, lifetimes: Lifetimes()).isEmpty)
    }
}
