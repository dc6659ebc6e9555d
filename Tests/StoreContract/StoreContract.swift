import OIDCLogic

/// What every store must keep, by topic. Each check is a promise of a doc comment of ``OIDCLogic/Store``.
package enum StoreContract: String, CaseIterable, Sendable {
    case clients, registrations, assertions, users, scopes, consents, sessions, attempts, parkedValues, grants,
        customClaims,
        signingKeys, pairwiseSalt, throttle, refusals, audit, auditSearch, activity, tokenServiceEvents, clientUses,
        upstreamLinks, upstreamTokens, upstreamMoves, upstreamKeys, upstreamDeclarations, upstreamHealth,
        upstreamTraces, declarations,
        logoutDeliveries,
        manySessions, grantsOfSessions, frontchannelLogouts, generation, reading,
        pruning
}

/// Throws the first promise that the store breaks. `makeStore` makes an empty one.
package func expectConformance(
    of makeStore: () throws -> some Store, to topics: [StoreContract] = StoreContract.allCases
) throws {
    for topic in topics {
        let store = try makeStore()
        switch topic {
        case .clients: try expectClients(in: store)
        case .registrations: try expectRegistrations(in: store)
        case .assertions: try expectAssertions(in: store)
        case .users: try expectUsers(in: store)
        case .scopes: try expectScopes(in: store)
        case .consents: try expectConsents(in: store)
        case .sessions: try expectSessions(in: store)
        case .attempts: try expectAttempts(in: store)
        case .parkedValues: try expectParkedValues(in: store)
        case .grants: try expectGrants(in: store)
        case .customClaims: try expectCustomClaims(in: store)
        case .signingKeys: try expectSigningKeys(in: store)
        case .pairwiseSalt:
            try expectPairwiseSalt(in: store)
            try expectSubjectsOfClients(in: store)
        case .throttle: try expectThrottle(in: store)
        case .refusals: try expectRefusals(in: store)
        case .activity: try expectActivity(in: store)
        case .tokenServiceEvents: try expectTokenServiceEvents(in: store)
        case .clientUses: try expectClientUses(in: store)
        case .upstreamLinks: try expectUpstreamLinks(in: store)
        case .upstreamTokens: try expectUpstreamTokens(in: store)
        case .upstreamMoves: try expectUpstreamMoves(in: store)
        case .upstreamKeys: try expectUpstreamKeys(in: store)
        case .upstreamDeclarations: try expectUpstreamDeclarations(in: store)
        case .upstreamHealth: try expectUpstreamHealth(in: store)
        case .upstreamTraces: try expectUpstreamTraces(in: store)
        case .declarations: try expectDeclarations(in: store)
        case .logoutDeliveries:
            try expectLogoutDeliveries(in: store)
            try expectLogoutDeliveriesTogether(in: store)
            try expectWhomToTell(in: store)
        case .manySessions: try expectManySessionsToEnd(in: store)
        case .grantsOfSessions: try expectGrantsToEndWithSessions(in: store)
        case .frontchannelLogouts: try expectFrontchannelLogouts(in: store)
        case .audit: try expectAudit(in: store)
        case .auditSearch: try expectAuditSearch(in: store)
        case .generation: try expectGeneration(in: store)
        case .reading: try expectReading(in: store)
        case .pruning: try expectPruning(in: store)
        }
    }
}

/// A promise that a store breaks.
///
/// Not `#expect`: the Testing module in a library breaks the static build of the package.
package struct BrokenPromise: Error, CustomStringConvertible {
    package let description: String
}

extension Optional {
    func orBroken(_ promise: String) throws -> Wrapped {
        guard let self else { throw BrokenPromise(description: promise) }
        return self
    }
}

func expect(_ holds: Bool, _ promise: String, file: StaticString = #fileID, line: UInt = #line) throws {
    guard holds else { throw BrokenPromise(description: "\(file):\(line): \(promise)") }
}

func expect<Result>(
    _ error: StoreError, _ promise: String, file: StaticString = #fileID, line: UInt = #line,
    from body: () throws -> Result
) throws {
    do {
        _ = try body()
    } catch let thrown as StoreError where thrown == error {
        return
    } catch {
        throw BrokenPromise(description: "\(file):\(line): \(promise): threw \(error)")
    }
    throw BrokenPromise(description: "\(file):\(line): \(promise): threw nothing")
}
