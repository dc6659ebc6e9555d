import JOSE
import OIDCLogic

/// The keys by which we prove to an upstream who we are (`private_key_jwt`): one of its own for each, made when it is first
/// wanted, sealed under `state.key`, which all who call upstreams hold. They change by themselves as our signing keys do: the
/// next one is published long before it signs, and the former long after. One of another algorithm signs as soon as the
/// configuration names that: the former can't.
struct UpstreamKeys {
    let store: any Store
    let seal: Seal
    let lifetimes: Lifetimes
    let now: Clock

    /// What signs for this upstream now.
    func signing(for upstream: Upstream) throws -> SigningKey {
        let record = try plan(for: upstream).active
        do { return try record.signingKey(opening: seal) } catch {
            throw OAuthError.serverError(
                cause:
                    "the key \(record.keyID) for the upstream \(upstream.name) can't be opened: state.key is another one "
                    + "than when it was made. Bring the old one back")
        }
    }

    /// What the upstream is to know.
    func published(for upstream: Upstream) throws -> [JSON] {
        _ = try plan(for: upstream)
        let now = now()
        return try store.upstreamKeys(of: upstream.name).filter { $0.isPublished(at: now) }.map(\.publicJWK)
    }

    /// Does what is due by itself.
    func keepPlan(for upstream: Upstream) throws {
        let plan = try plan(for: upstream)
        do {
            switch plan.due(at: now()) {
            case .note: try store.changeKeys(of: upstream.name, [plan.note])
            case .publication:
                let next = try SigningKeyRecord(next: .generate(plan.algorithm), sealedBy: seal, at: now())
                try store.changeKeys(of: upstream.name, [.add(next)])
            case .activation(let next):
                // Nothing that can't be opened takes the place of what can.
                _ = try next.signingKey(opening: seal)
                try store.changeKeys(of: upstream.name, plan.activation(of: next, at: now()))
            case nil: break
            }
            try retireFormer(than: plan, of: upstream)
        } catch StoreError.changed {
            // Another process did the same.
        }
    }

    /// Those of algorithms that the configuration had before. They stay until everybody has the one that signs now, and never
    /// end young: somebody may bring back the configuration, and another process may have it still, or have the new one already.
    private func retireFormer(than plan: SigningKeyPlan, of upstream: Upstream) throws {
        let now = now()
        func isOld(_ key: SigningKeyRecord) -> Bool {
            SigningKeyPlan.signsFrom(publishedAt: key.createdAt, lifetimes: lifetimes) <= now
        }
        guard isOld(plan.active) else { return }
        let former = try store.upstreamKeys(of: upstream.name).filter { key in
            key.algorithm != plan.algorithm && [.active, .next].contains(key.status) && isOld(key)
        }
        guard !former.isEmpty else { return }
        let steps = former.map { key in
            let last = key.activated(at: now, lifetimes: lifetimes).retired(at: now, lifetimes: lifetimes)
            return SigningKeyStep.move(key, to: last)
        }
        try store.changeKeys(of: upstream.name, steps)
    }

    /// Makes the first key, where there is none.
    private func plan(for upstream: Upstream) throws -> SigningKeyPlan {
        let algorithm = upstream.assertionAlgorithm
        if let plan = try known(algorithm, of: upstream) { return plan }
        store.moveOn()
        let first = try SigningKeyRecord(
            active: .generate(algorithm), sealedBy: seal, at: now(), lifetimes: lifetimes)
        do { try store.changeKeys(of: upstream.name, [.add(first)]) } catch StoreError.changed {
            // Another process made it first.
        }
        guard let plan = try known(algorithm, of: upstream) else {
            throw OAuthError.temporarilyUnavailable(cause: "the upstream \(upstream.name) has no key")
        }
        return plan
    }

    private func known(_ algorithm: SignatureAlgorithm, of upstream: Upstream) throws -> SigningKeyPlan? {
        SigningKeyPlan(algorithm, of: try store.upstreamKeys(of: upstream.name), lifetimes: lifetimes)
    }
}

extension Provider {
    var upstreamKeys: UpstreamKeys { UpstreamKeys(store: store, seal: seal, lifetimes: lifetimes, now: now) }
}
