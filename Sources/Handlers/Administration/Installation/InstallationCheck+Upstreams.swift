import OIDCLogic

extension InstallationCheck {
    /// Whether people can come by the upstreams that the configuration counts on, and what is in the way of others.
    mutating func check(upstreamsOf store: any Store, _ settings: UpstreamSettings) throws {
        let reading = try UpstreamDeclarationReading()
        var names = settings.options.upstreams.map(\.name)
        var issuers = Set(settings.options.upstreams.map(\.issuer.value))
        for declaration in try store.upstreamDeclarations() {
            guard settings.options.upstream(named: declaration.name) == nil else {
                add(
                    .warning, "upstream",
                    "\"\(declaration.name)\" is in the database as well, where it doesn't count; \"postern upstream remove "
                        + "\(declaration.name)\" takes it out")
                continue
            }
            do throws(AdministrationError) {
                let upstream = try reading.upstream(declaration.name.value, declaration.members)
                if let rival = settings.options.rival(of: upstream.name, issuer: upstream.issuer) {
                    add(
                        .warning, "upstream",
                        "\"\(upstream.name)\" of the database has the issuer of \"\(rival.name)\" in \(settings.file), which counts "
                            + "in its place: people come by \"\(rival.name)\". Give it there what \"\(upstream.name)\" had, enter its "
                            + "redirect URI at the upstream, let apps name it in \"upstreams\", and take the other out by "
                            + "\"postern upstream remove \(upstream.name)\"")
                    continue
                }
                names.append(declaration.name)
                issuers.insert(upstream.issuer.value)
            } catch {
                // Whom it knows comes back with it.
                declaration.members["issuer"]?.stringValue.map { _ = issuers.insert($0) }
                add(.warning, "upstream", "\"\(declaration.name)\" of the database can't be used: \(error)")
            }
        }
        if let name = settings.options.straight, !names.contains(name) {
            add(
                .fault, "login.upstream",
                "there is no upstream \"\(name)\", neither in upstreams nor in the database, so people choose on the login "
                    + "page.\(Nearest.question(name.value, among: names.map(\.value)))")
        }
        if !settings.options.hasPassword, names.isEmpty {
            add(.fault, "login.password", "is false, and there is no upstream: nobody can sign in; add one")
        }
        try check(upstreamsOfClientsIn: store, among: names)
        try check(linksIn: store, among: issuers)
        if !names.isEmpty { add(.ok, "upstreams", names.map(\.value).joined(separator: ", ")) }
    }

    /// Whoever came by an issuer that was written anew comes as a stranger from then on.
    private mutating func check(linksIn store: any Store, among issuers: Set<String>) throws {
        for (issuer, count) in try store.upstreamLinkCounts().sorted(by: { $0.key < $1.key })
        where !issuers.contains(issuer) {
            add(
                .warning, "upstream",
                "\(ListedUpstream.people(count)) linked by the issuer \(issuer), which no upstream has, and can't come by it. If "
                    + "their provider has another issuer since: \"postern upstream move \(issuer) NEW\"; if it is no more: "
                    + "\"postern user unlink\" of each")
        }
    }

    /// An app may come before its upstream; of one whose only name is mistyped nobody can sign in.
    private mutating func check(upstreamsOfClientsIn store: any Store, among names: [UpstreamName]) throws {
        let known = names.map(\.value)
        for client in try store.allClients() {
            for name in client.metadata.upstreams.names where name != SignInPlaces.here && !known.contains(name) {
                add(
                    .warning, "upstreams",
                    "the app \"\(client.id)\" sends its users to \"\(name)\", and there is no such upstream."
                        + Nearest.question(name, among: known))
            }
        }
    }
}
