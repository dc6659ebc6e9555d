import JOSE
import OIDCLogic

extension UpstreamAdministration {
    /// In people: so many of those who are in a move's way are named.
    private static let named = 5

    /// What would be moved from one issuer to another, for a provider that has another one since and calls its users what it
    /// called them before.
    ///
    /// The other one is that of an upstream already; or it will be that of the upstream of the store that has the former.
    ///
    /// Throws ``AdministrationError`` if nobody is linked by the former, no upstream has the other or could, or somebody came
    /// by the other already and would be two.
    package func plannedMove(from former: String, to issuer: String) throws -> (move: UpstreamMove, people: Int) {
        let former = DiscoveryAddress.issuer(writtenAs: former)
        let issuer = DiscoveryAddress.issuer(writtenAs: issuer)
        guard !former.hasSameBytes(as: issuer) else {
            throw AdministrationError.invalid("both are the issuer \(issuer); the second is the one that it has since")
        }
        let counts = try store.upstreamLinkCounts()
        guard let people = counts[former] else {
            throw AdministrationError.missing(
                "nobody is linked by the issuer \(former).\(Nearest.question(former, among: Array(counts.keys)))")
        }
        let move = try move(from: former, to: issuer)
        try checkNobodyComesTwice(by: move)
        return (move, people)
    }

    /// Returns how many people were moved. Throws ``AdministrationError`` if things have changed since it was planned.
    package func perform(_ move: UpstreamMove) throws -> Int {
        do { return try store.move(move) } catch StoreError.exists {
            try checkNobodyComesTwice(by: move)
            throw Self.changedMeanwhile
        } catch StoreError.changed, StoreError.missing {
            throw Self.changedMeanwhile
        }
    }

    private static let changedMeanwhile = AdministrationError.exists(
        "the upstream, or whom it names, has changed meanwhile; nobody was moved, say it again")

    private func move(from former: String, to issuer: String) throws -> UpstreamMove {
        let all = try all()
        func has(_ issuer: String) -> (ListedUpstream) -> Bool {
            { $0.fault == nil && $0.upstream?.issuer.value.hasSameBytes(as: issuer) ?? false }
        }
        if let there = all.first(where: has(issuer)) {
            return UpstreamMove(former: former, issuer: issuer, upstream: there.name)
        }
        guard let here = all.first(where: has(former)) else {
            throw AdministrationError.missing(
                "no upstream has the issuer \(issuer), and none \(former); add the provider with the issuer that it has now, "
                    + "and say this again")
        }
        guard var declaration = here.declaration else {
            throw AdministrationError.missing(
                "no upstream has the issuer \(issuer): stop the pools, write it in \(here.declaredIn ?? "postern.yaml"), where "
                    + "\"\(here.name)\" has \(former) still, say this again, and start them")
        }
        declaration.members["issuer"] = .string(issuer)
        declaration.updatedAt = max(now(), declaration.updatedAt)
        _ = try read(here.name.value, declaration.members)
        return UpstreamMove(former: former, issuer: issuer, upstream: here.name, declaration: declaration)
    }

    private func checkNobodyComesTwice(by move: UpstreamMove) throws {
        let links = try store.upstreamLinks(of: move.issuer, alsoNamedBy: move.former, limit: Self.named + 1)
        guard !links.isEmpty else { return }
        let names = try links.prefix(Self.named).map { link in
            let user = try store.user(link.userID)?.username.value ?? link.userID.value
            return "\"\(user)\" (\(UpstreamPerson(upstream: move.upstream, link: link).id))"
        }
        let rest = links.count > Self.named ? ", …" : ""
        throw AdministrationError.exists(
            "\(move.issuer) has named people already whom \(move.former) names as well: \(names.joined(separator: ", "))\(rest). "
                + "Of each let one stay: \"postern user unlink USER ID\" lets the other go")
    }
}
