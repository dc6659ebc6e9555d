import JOSE
import OIDCLogic

/// What an administrator does with upstreams: those of the configuration are looked at here, and changed there.
package struct UpstreamAdministration {
    let store: any Store
    private let settings: UpstreamSettings
    /// Of those of the configuration.
    private let lifetimes: Lifetimes
    private let secrets: () throws -> [UpstreamName: UpstreamSecret]
    let issuer: Issuer
    private let seal: () throws -> Seal
    private let outbound: any Outbound
    let now: Clock

    /// In bytes, of a secret, and of all members together.
    private static let secretLimit = 4096
    private static let limit = 32 * 1024

    init(
        store: any Store, settings: UpstreamSettings, secrets: @escaping () throws -> [UpstreamName: UpstreamSecret],
        issuer: Issuer, seal: @escaping () throws -> Seal, lifetimes: Lifetimes, outbound: any Outbound,
        now: @escaping Clock
    ) {
        self.store = store
        self.settings = settings
        self.secrets = secrets
        self.issuer = issuer
        self.seal = seal
        self.lifetimes = lifetimes
        self.outbound = outbound
        self.now = now
    }

    /// Those of the configuration in its order, then those of the store by their names.
    package func all() throws -> [ListedUpstream] {
        let health = try store.upstreamHealth(at: now())
        let declared = settings.options.upstreams.map { upstream in
            ListedUpstream(
                declared: upstream, members: settings.members[upstream.name] ?? [:], in: settings.file, issuer: issuer,
                health: health[upstream.name])
        }
        let reading = try UpstreamDeclarationReading()
        let stored = try store.upstreamDeclarations().map { declaration in
            ListedUpstream(
                declaration, reading: reading, beside: settings.options, issuer: issuer,
                health: health[declaration.name])
        }
        return try (declared + stored).map { listed in
            var listed = listed
            // Checks that come to nothing are late as well, and there it is the failure that has to be mended.
            let isFailing = listed.health.failure?.at.isWithin(UpstreamCheck.lateness, of: now()) ?? false
            listed.checksLateSince = try isFailing ? nil : listed.upstream.flatMap { try checksLateSince($0) }
            return listed
        }
    }

    private func checksLateSince(_ upstream: Upstream) throws -> Timestamp? {
        guard upstream.rhythm != nil else { return nil }
        let oldest = try store.oldestUpstreamCheck(by: upstream.issuer.value, at: now())
        return oldest.flatMap { $0.isWithin(UpstreamCheck.lateness, of: now()) ? nil : $0 }
    }

    /// Throws ``AdministrationError`` with the nearest name if there is none.
    package func upstream(_ name: String) throws -> ListedUpstream {
        let all = try all()
        guard var found = all.first(where: { $0.name.value.hasSameBytes(as: name) }) else {
            throw AdministrationError.missing(
                "there is no upstream \"\(name)\".\(Nearest.question(name, among: all.map(\.name.value)))")
        }
        found.people = try found.upstream.map { try store.upstreamLinkCount(of: $0.issuer.value) }
        return found
    }

    /// Adds one with the members that an item of `upstreams` has, and `client_secret` in the place of
    /// `client_secret_file`.
    ///
    /// Throws ``AdministrationError`` and `StoreError`; then nothing has changed.
    package func add(_ name: String, _ members: [String: JSON]) throws -> ListedUpstream {
        let (members, secret) = try Self.split(members, name: name)
        try checkIsOfStore(name)
        let upstream = try read(name, members)
        try requireSecret(secret, of: upstream)
        let time = now()
        let declaration = UpstreamDeclaration(
            name: upstream.name, members: members, sealedSecret: try secret.map { try sealed($0, for: upstream.name) },
            createdAt: time, updatedAt: time)
        do { try store.add(declaration) } catch StoreError.exists {
            throw AdministrationError.exists("there is an upstream \"\(name)\" already; change that one, or remove it")
                .of("name")
        }
        return try self.upstream(name)
    }

    /// Whether one that was added by this would be the same.
    func isDone(_ members: [String: JSON], in declaration: UpstreamDeclaration) throws -> Bool {
        let (members, secret) = try Self.split(members, name: declaration.name.value)
        guard members == declaration.members else { return false }
        guard let secret else { return declaration.sealedSecret == nil }
        let kept = try declaration.sealedSecret.map {
            try UpstreamSecret(sealed: $0, of: declaration.name, opening: seal())
        }
        return kept?.matches(secret) ?? false
    }

    /// Changes one by a merge patch (RFC 7396): what isn't named stays, and null takes a member out.
    package func change(_ name: String, by patch: [String: JSON]) throws -> ListedUpstream {
        try ChangeAgain.whileOthersDo {
            let former = try declaration(name)
            return try replace(former, by: Self.patched(former.members, by: patch), secret: patch["client_secret"])
        }
    }

    static func patched(_ members: [String: JSON], by patch: [String: JSON]) -> [String: JSON] {
        JSON.object(members).merging(.object(patch.filter { $0.key != "client_secret" })).objectValue ?? members
    }

    /// Puts these members in the place of all that it has. The secret stays unless another is said, or null.
    ///
    /// Throws `StoreError.changed` if it isn't as it was read any more.
    func replace(
        _ former: UpstreamDeclaration, by members: [String: JSON], secret said: JSON?
    ) throws -> ListedUpstream {
        let name = former.name.value
        let (members, _) = try Self.split(members, name: name)
        let upstream = try read(name, members)
        try checkIdentity(of: former, stays: upstream)
        var changed = former
        changed.members = members
        switch said {
        case nil: break
        case .null: changed.sealedSecret = nil
        case let said?:
            changed.sealedSecret = try sealed(try Self.secret(said), for: former.name)
        }
        if Self.wantsSecret(upstream), changed.sealedSecret == nil { throw Self.lacksSecret }
        changed.updatedAt = max(now(), former.updatedAt)
        do {
            _ = try store.replace(changed)
        } catch StoreError.missing {
            throw AdministrationError.missing("the upstream \"\(name)\" was removed meanwhile")
        }
        return try self.upstream(name)
    }

    /// One of the store. Throws ``AdministrationError`` for one that a file declares, with the file to edit.
    func declaration(_ name: String) throws -> UpstreamDeclaration {
        try checkIsOfStore(name)
        guard let found = try store.upstreamDeclaration(UpstreamName(name)) else {
            let names = try store.upstreamDeclarations().map(\.name.value)
            throw AdministrationError.missing(
                "there is no upstream \"\(name)\".\(Nearest.question(name, among: names))")
        }
        return found
    }

    /// Removes one. Who is linked to it stays a user here, and can't sign in by it any more.
    ///
    /// Throws ``AdministrationError`` if somebody is linked, unless whoever removes it knows that.
    package func remove(_ name: String, knowingOfLinks isKnown: Bool) throws -> ListedUpstream {
        // One of the store may be hidden by one of a file; then it is that one that goes.
        guard var found = try all().first(where: { $0.name == UpstreamName(name) && $0.declaredIn == nil }) else {
            _ = try declaration(name)
            throw AdministrationError.missing("the upstream \"\(name)\" was added meanwhile; try again")
        }
        found.people = try found.upstream.map { try store.upstreamLinkCount(of: $0.issuer.value) }
        if !isKnown, let consequence = found.consequenceOfRemoval {
            throw AdministrationError.exists(
                "\(consequence) If that is meant, say so: --linked, or linked=true in the query")
        }
        guard try store.removeUpstreamDeclaration(found.name, isShadowed: isDeclared(found.name)) else {
            throw AdministrationError.missing("the upstream \"\(name)\" was removed meanwhile")
        }
        return found
    }

    /// Asks it whether people can sign in at it.
    package func test(_ name: String) throws -> UpstreamTest {
        let listed = try upstream(name)
        guard let upstream = listed.upstream else {
            throw AdministrationError.invalid("the upstream \"\(name)\" can't be read: \(listed.fault ?? "")")
        }
        let secret =
            listed.declaration == nil
            ? try secrets()[upstream.name]
            : try listed.declaration?.sealedSecret.map {
                try UpstreamSecret(sealed: $0, of: upstream.name, opening: seal())
            }
        store.moveOn()
        return UpstreamTest(upstream, for: issuer, proof: try proof(to: upstream, secret), outbound: outbound, now: now)
    }

    private func proof(to upstream: Upstream, _ secret: UpstreamSecret?) throws -> UpstreamProof {
        guard upstream.authentication == .privateKeyJWT else { return .secret(secret) }
        defer { store.moveOn() }
        let keys = UpstreamKeys(store: store, seal: try seal(), lifetimes: lifetimes, now: now)
        return .key(try keys.signing(for: upstream))
    }

    // MARK: Rules

    private func isDeclared(_ name: UpstreamName) -> Bool { settings.options.upstream(named: name) != nil }

    private func checkIsOfStore(_ name: String) throws(AdministrationError) {
        guard isDeclared(UpstreamName(name)) else { return }
        throw .declared(
            "the upstream \"\(name)\" is declared in \(settings.file): change it there, and restart the pools; one that is "
                + "added here needs another name"
        ).of("name")
    }

    func read(_ name: String, _ members: [String: JSON]) throws -> Upstream {
        guard JSON.object(members).serialized().count <= Self.limit else {
            throw AdministrationError.invalid("the upstream has more than \(Self.limit) bytes of members")
        }
        let upstream = try UpstreamDeclarationReading().upstream(name, members)
        // Users are known by their issuer alone, so two of one would each let in the other's, by rules of its own.
        let other = try all().first { other in
            other.name != upstream.name
                && (other.upstream?.issuer.value.hasSameBytes(as: upstream.issuer.value) ?? false)
        }
        guard let other else { return upstream }
        throw AdministrationError.exists(
            "the upstream \"\(other.name)\" has the issuer \(upstream.issuer.value) already; change that one"
        ).of("issuer")
    }

    /// People are linked by the issuer's own name, and by what it calls them: another would make strangers of them, or somebody
    /// else.
    private func checkIdentity(of former: UpstreamDeclaration, stays upstream: Upstream) throws {
        // A preset may know both, which then stand in no member.
        let known = try? UpstreamDeclarationReading().upstream(former.name.value, former.members)
        guard let old = known?.issuer.value ?? former.members["issuer"]?.stringValue else { return }
        let isOther = !old.hasSameBytes(as: upstream.issuer.value)
        let (subject, next) = (known?.subjectMember, upstream.subjectMember)
        let hasOtherSubject = subject.map { !$0.hasSameBytes(as: next) } ?? false
        guard isOther || hasOtherSubject else { return }
        let people = try store.upstreamLinkCount(of: old)
        guard people > 0 else { return }
        let linked = "\(ListedUpstream.people(people)) linked to \"\(former.name)\" by"
        let advice = "add it as another upstream beside this one, and remove this one when nobody needs it"
        guard !isOther else {
            throw AdministrationError.invalid(
                "\(linked) the issuer \(old); by \(upstream.issuer.value) each would come as somebody new. If it is the same "
                    + "provider at another address, and calls them what it did, say \"postern upstream move\"; else \(advice)"
            ).of("issuer")
        }
        throw AdministrationError.invalid(
            "\(linked) what its \(subject ?? "sub") says of them (subject); by \(next) each would come as somebody new, or as "
                + "somebody else. To have that, \(advice), with an issuer of its own"
        ).of("subject")
    }

    private static func split(
        _ members: [String: JSON], name: String
    ) throws(AdministrationError) -> (members: [String: JSON], secret: String?) {
        if let said = members["name"], said != .string(name) {
            throw AdministrationError.invalid(
                "the name of an upstream stays: it is in the addresses that the upstream knows"
            )
            .of("name")
        }
        let secret = try members["client_secret"].flatMap { $0 == .null ? nil : $0 }.map(secret)
        var others = members.filter { !["name", "client_secret"].contains($0.key) && $0.value != .null }
        // As it is read, so that it is shown so as well.
        if let issuer = members["issuer"]?.stringValue {
            others["issuer"] = .string(DiscoveryAddress.issuer(writtenAs: issuer))
        }
        return (others, secret)
    }

    private static func secret(_ said: JSON) throws(AdministrationError) -> String {
        guard let text = said.stringValue, !text.isEmpty, text.utf8.count <= secretLimit else {
            throw AdministrationError.invalid("client_secret must be a text of 1 to \(secretLimit) bytes")
                .of("client_secret")
        }
        return text
    }

    private func sealed(_ secret: String, for upstream: UpstreamName) throws -> String {
        UpstreamSecret(secret).sealed(for: upstream, by: try seal())
    }

    private static func wantsSecret(_ upstream: Upstream) -> Bool {
        [.basic, .post].contains(upstream.authentication)
    }

    private func requireSecret(_ secret: String?, of upstream: Upstream) throws(AdministrationError) {
        guard secret == nil, Self.wantsSecret(upstream) else { return }
        throw Self.lacksSecret
    }

    private static let lacksSecret = AdministrationError.invalid(
        "client_secret is missing; it is the secret that the upstream gave us"
    ).of("client_secret")
}

extension UpstreamAdministration {
    init(_ provider: Provider) {
        let directory = provider.upstreams
        self.init(
            store: provider.store, settings: directory.settings, secrets: { directory.secrets },
            issuer: provider.issuer, seal: { provider.seal }, lifetimes: provider.lifetimes,
            outbound: provider.outbound, now: provider.now)
    }
}

extension Upstream {
    /// What names its users: OpenID Connect knows no other name.
    fileprivate var subjectMember: String { oauth?.subject ?? "sub" }
}
