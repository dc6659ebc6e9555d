import JOSE
import OIDCLogic

/// An upstream as an administrator sees it, be it of the configuration or of the store.
package struct ListedUpstream {
    package let name: UpstreamName
    /// As they were written; without the secret.
    package let members: [String: JSON]
    /// What they mean; nil: they can't be read.
    package let upstream: Upstream?
    /// Why they can't be read, or don't count.
    package let fault: String?
    /// The file that declares it; nil: it is of the store.
    package let declaredIn: String?
    let declaration: UpstreamDeclaration?
    package let health: UpstreamHealth
    /// Whether one of the configuration has its issuer, and lets in whoever is linked to it.
    private let leavesPeopleToAnother: Bool
    /// Since when re-checks wait for their turn; nil: they are in time.
    package internal(set) var checksLateSince: Timestamp?
    /// How many are linked to it; nil: nobody has looked.
    package internal(set) var people: Int?
    private let issuer: Issuer

    init(
        declared upstream: Upstream, members: [String: JSON], in file: String, issuer: Issuer, health: UpstreamHealth?
    ) {
        name = upstream.name
        self.members = members
        self.upstream = upstream
        fault = nil
        leavesPeopleToAnother = false
        declaredIn = file
        declaration = nil
        self.health = health ?? UpstreamHealth()
        self.issuer = issuer
    }

    /// - Parameter options: those of the configuration.
    init(
        _ declaration: UpstreamDeclaration, reading: UpstreamDeclarationReading, beside options: SignInOptions,
        issuer: Issuer, health: UpstreamHealth?
    ) {
        name = declaration.name
        members = declaration.members
        declaredIn = nil
        self.declaration = declaration
        // What is known is known by the name.
        self.health =
            options.upstream(named: declaration.name) == nil ? health ?? UpstreamHealth() : UpstreamHealth()
        self.issuer = issuer
        do throws(AdministrationError) {
            let read = try reading.upstream(declaration.name.value, declaration.members)
            upstream = read
            let rival = options.rival(of: read.name, issuer: read.issuer)
            leavesPeopleToAnother = rival.map { $0.issuer.value.hasSameBytes(as: read.issuer.value) } ?? false
            fault = rival.map { rival in
                let what = rival.name == read.name ? "that name" : "that issuer (\"\(rival.name)\")"
                return "the configuration has an upstream of \(what) since, which counts in its place: remove this one"
            }
        } catch {
            upstream = nil
            leavesPeopleToAnother = false
            fault = error.description
        }
    }

    /// What people call it.
    package var title: String { upstream?.title ?? members["title"]?.stringValue ?? name.value }

    /// To be entered there.
    package var redirectURI: String { issuer.endpoint("callback/\(name)") }
    /// All that is, by the names that such fields mostly have. Empty: it can't be read.
    package var registration: [(name: String, value: String)] { upstream?.registration(at: issuer) ?? [] }

    /// In a word or two.
    package var standing: String {
        if fault != nil { return "can't be used" }
        if health.unreachableSince != nil { return "doesn't answer" }
        if checksLateSince != nil { return "re-checks are late" }
        switch (health.signedInAt, health.failure?.at) {
        case (nil, nil): return "not used yet"
        case (let good?, let bad?) where bad > good: return "failed last"
        case (nil, .some): return "failed last"
        default: return "works"
        }
    }

    /// What becomes of people when it is removed; nil: nobody is linked to it.
    package var consequenceOfRemoval: String? {
        guard let people, people > 0, !leavesPeopleToAnother else { return nil }
        return
            "\(Self.people(people)) linked to the upstream \"\(name)\". They stay users here, but can't sign in by it any "
            + "more: sessions that began there end with their next request, and refresh tokens from there are refused. "
            + "Whoever adds an upstream of the same issuer again has them linked as before."
    }

    static func people(_ count: Int) -> String { count == 1 ? "1 person is" : "\(count) people are" }

    /// What tells one state of it from another.
    var state: JSON { .object(members) }

    /// What an administrator sees.
    package var json: JSON {
        var json = members.filter { $0.key != "client_secret_file" }
        json["name"] = .string(name.value)
        json["title"] = .string(title)
        json["declared_in"] = declaredIn.map(JSON.string)
        json["redirect_uri"] = .string(redirectURI)
        json["backchannel_logout_uri"] = .string(issuer.endpoint("backchannel/\(name)"))
        json["registration"] = upstream == nil ? nil : registration.json
        json["has_client_secret"] = .bool(
            declaredIn == nil ? declaration?.sealedSecret != nil : upstream?.authentication != .privateKeyJWT)
        json["fault"] = fault.map(JSON.string)
        json["linked_people"] = people.map { .integer(Int64($0)) }
        json["standing"] = .string(standing)
        var health = health.json.objectValue ?? [:]
        health["checks_late_since"] = checksLateSince.map { .integer($0.seconds) }
        json["health"] = .object(health)
        json["created_at"] = declaration.map { .integer($0.createdAt.seconds) }
        json["updated_at"] = declaration.map { .integer($0.updatedAt.seconds) }
        return .object(json)
    }
}

extension UpstreamHealth {
    var json: JSON {
        var members: [String: JSON] = [
            "sign_ins_last_day": .integer(Int64(signIns)), "failures_last_day": .integer(Int64(failures)),
        ]
        members["last_sign_in_at"] = signedInAt.map { .integer($0.seconds) }
        members["last_failure_at"] = failure.map { .integer($0.at.seconds) }
        members["last_failure"] = failure.map { .string($0.reason) }
        members["unreachable_since"] = unreachableSince.map { .integer($0.seconds) }
        return .object(members)
    }
}

extension UpstreamTest {
    /// What came of it, and what to enter there.
    package var json: JSON {
        ["findings": findings.json, "passed": .bool(!hasFault), "registration": registration.json]
    }
}

extension [(name: String, value: String)] {
    fileprivate var json: JSON { .object(Dictionary(map { ($0.name, .string($0.value)) }) { first, _ in first }) }
}
