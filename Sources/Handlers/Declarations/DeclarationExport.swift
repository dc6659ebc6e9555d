import FoundationEssentials
import JOSE
import OIDCLogic

/// Writes what exists as files that declare it.
package struct DeclarationExport {
    /// A file to be written.
    package struct File: Sendable {
        package let name: String
        package let text: String
    }

    private let scopes: [DefinedScope]
    private let roles: [Role]
    private let groups: [Group]
    private let clients: [Client]
    private let claims: [CustomClaim]

    /// `onlyUndeclared`: without what files declare already.
    init(_ state: DeclaredState, onlyUndeclared: Bool) {
        let isWanted = { (name: DeclaredName) in !onlyUndeclared || state.files[name] == nil }
        // One that waits for approval would be approved by its file, unseen among the rest. What belongs to it could not be
        // declared without it.
        let waiting = Set(state.clients.filter { $0.approval == .awaited }.map(\.id))
        let isOfOneThatWaits = { (owner: ClientID?) in owner.map(waiting.contains) ?? false }
        scopes = state.catalogue.scopes.values.filter { isWanted(.scope($0.name)) }
            .sorted { $0.name.value.precedesInBytes($1.name.value) }
        // Those that every installation has need no file; another release may describe them otherwise.
        let own = Set(AdministrationScope.allCases.map { RoleID($0.rawValue) })
        roles = state.catalogue.roles.values.filter {
            isWanted(.role($0.id)) && !own.contains($0.id) && !isOfOneThatWaits($0.owner)
        }.sorted { $0.id < $1.id }
        groups = state.catalogue.groups.values.filter { isWanted(.group($0.name)) }.sorted { $0.name < $1.name }
        // That of the console makes itself, for the issuer.
        clients = state.clients.filter {
            isWanted(.client($0.id)) && !$0.id.isOwn && !waiting.contains($0.id)
        }
        claims = state.claims.filter { isWanted(.claim($0.id)) && !isOfOneThatWaits($0.clientID) }
            .sorted { ($0.name.text, $0.clientID?.value ?? "") < ($1.name.text, $1.clientID?.value ?? "") }
    }

    /// All in one.
    package var text: String {
        Self.text(scopes: scopes, roles: roles, clients: clients, groups: groups, claims: claims)
    }

    /// A file for each app with its roles and claims, and one for what is of all apps.
    package var files: [File] {
        var names: Set<String> = [Self.common]
        var files: [File] = []
        var apps = clients.map(\.id)
        // What an app has that is declared already stands alone.
        let owners = roles.compactMap(\.owner) + claims.compactMap(\.clientID)
        for owner in owners where !apps.contains(owner) { apps.append(owner) }
        for id in apps {
            let text = Self.text(
                scopes: [], roles: roles.filter { $0.owner == id }, clients: clients.filter { $0.id == id }, groups: [],
                claims: claims.filter { $0.clientID == id })
            files.append(File(name: Self.fileName(id, &names), text: text))
        }
        let globalRoles = roles.filter { $0.owner == nil }
        let globalClaims = claims.filter { $0.clientID == nil }
        if !(scopes.isEmpty && globalRoles.isEmpty && groups.isEmpty && globalClaims.isEmpty) {
            let text = Self.text(
                scopes: scopes, roles: globalRoles, clients: [], groups: groups, claims: globalClaims)
            files.append(File(name: Self.common, text: text))
        }
        return files
    }

    /// Writes ``files`` into a folder, which is made if it isn't there. Nothing is written over.
    ///
    /// Throws ``AdministrationError``; if a file of that name is there, nothing was written.
    package func write(to folder: String) throws(AdministrationError) -> [String] {
        let folder = AbsolutePath.of(folder, in: FileManager.default.currentDirectoryPath)
        let files = files.map { (path: folder + "/" + $0.name, text: $0.text) }
        if let taken = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
            throw .exists("\(taken.path) is there already, and would be written over; choose an empty folder")
        }
        _ = try SetupFolder.makeFolder(folder)
        for file in files {
            guard try SetupFolder.makePlainFile(file.path, file.text) else {
                throw .exists("\(file.path) was made by someone else meanwhile; choose an empty folder")
            }
        }
        return files.map(\.path)
    }

    /// What belongs to no app.
    private static let common = "all-apps.yaml"

    /// An id may have any printable character; a file's name, those that every system and shell takes.
    private static func fileName(_ id: ClientID, _ taken: inout Set<String>) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-".utf8)
        let bytes = id.value.utf8.prefix(100).map { plain.contains($0) ? $0 : UInt8(ascii: "-") }
        var name = String(decoding: bytes, as: UTF8.self)
        // One that begins with a dot would be passed over.
        if name.hasPrefix(".") || name.hasPrefix("-") { name = "app" + name }
        var number = 1
        var candidate = name + ".yaml"
        // Some systems take two names for one that differ by case alone.
        while taken.contains(candidate.lowercased()) {
            number += 1
            candidate = "\(name)-\(number).yaml"
        }
        taken.insert(candidate.lowercased())
        return candidate
    }

    private static func text(
        scopes: [DefinedScope], roles: [Role], clients: [Client], groups: [Group], claims: [CustomClaim]
    ) -> String {
        var parts: [String] = []
        func add(_ key: String, _ items: [[String]]) {
            guard !items.isEmpty else { return }
            parts.append("\(key):\n" + items.map { $0.joined(separator: "\n") + "\n" }.joined())
        }
        func lines(_ object: DeclaredObject, indent: String = "  ") -> [String] {
            YAMLText.item(DeclaredMembers(of: object).all, indent: indent)
        }
        add("scopes", scopes.map { lines(.scope($0)) })
        add("clients", clients.map { lines(.client($0)) + secretLines(of: $0) })
        add("roles", roles.map { lines(.role($0)) })
        add("groups", groups.map { lines(.group($0)) })
        if !claims.isEmpty {
            let items = claims.map { lines(.claim($0), indent: "    ").joined(separator: "\n") + "\n" }
            parts.append("claims:\n  custom:\n" + items.joined())
        }
        return "# Written by \"postern export\". See docs/declared-clients.md\n\n" + parts.joined(separator: "\n")
    }

    private static func secretLines(of client: Client) -> [String] {
        guard client.metadata.hasSecret else { return [] }
        return [
            "    # The secret is not written here. The store that has this client keeps it. For another store name a file or",
            "    # an environment variable that holds it; without either a new one is made, and shown by \"postern apply\".",
            "    # client_secret_file: secrets/\(fileName(client.id))",
            "    # client_secret_env: NAME",
        ]
    }

    private static func fileName(_ id: ClientID) -> String {
        var none: Set<String> = []
        return String(fileName(id, &none).dropLast(".yaml".count))
    }
}
