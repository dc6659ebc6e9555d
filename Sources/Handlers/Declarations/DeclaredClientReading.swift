import JOSE
import OIDCLogic

/// Reads an item of `clients`: RFC 7591 metadata in YAML, and what we keep beside it. What registration would ignore is
/// refused here: nobody reads a file's answer, so a name that is misspelt must not pass.
struct DeclaredClientReading {
    private(set) var client: Declarations.Client?

    /// Names of scopes apart by spaces (RFC 6749 §3.3), which may be written as a list here.
    private static let scopes = ["scope", "default_scope"]

    init(_ section: ConfigurationSection, _ line: Int?, in file: DeclaringFile) {
        defer { section.refuseUnknown() }
        let id = Self.id(section, line)
        let preset = section.value(
            "preset", default: ClaimPreset.standard,
            expected: "must be one of \(ClaimPreset.allCases.map(\.rawValue).joined(separator: ", "))"
        ) { ClaimPreset(rawValue: $0) }
        let isFirstParty = section.value("first_party", default: true, expected: "must be true or false") { Bool($0) }
        let secret = Self.secret(section, line, folder: file.folder)
        let present = section.names.map(\.name).filter(ClientMetadata.knows)
        var members = section.members(ClientMetadata.memberNames + present)
        for name in Self.scopes {
            guard let items = members[name]?.arrayValue else { continue }
            let names = items.compactMap(\.stringValue)
            guard names.count == items.count else {
                section.fault(name, "must be a list of names, or one text with spaces between")
                return
            }
            members[name] = .string(names.joined(separator: " "))
        }
        // As the store will give it back, so that the same number is the same value.
        if case .object(let normal)? = try? JSON(parsing: JSON.object(members).serialized()) { members = normal }
        do throws(ClientMetadataError) {
            _ = try ClientMetadata(.object(members))
        } catch {
            section.fault(error.member, error.fault, orAt: line)
            return
        }
        guard let id else { return }
        client = Declarations.Client(
            place: file.place(line), id: id, metadata: members, preset: preset, isFirstParty: isFirstParty,
            secret: secret)
    }

    private static func id(_ section: ConfigurationSection, _ line: Int?) -> ClientID? {
        guard let value = section.value("client_id") else {
            section.fault("has no client_id, by which it is known from one apply to the next", line: line)
            return nil
        }
        guard let id = ClientID(registering: value.text) else {
            section.fault("client_id", value, ClientID.rule)
            return nil
        }
        return id
    }

    private static func secret(
        _ section: ConfigurationSection, _ line: Int?, folder: String
    ) -> DeclaredSecret? {
        let file = section.optionalPath("client_secret_file", in: folder)
        let variable = section.value("client_secret_env")?.text
        if section.line(of: "client_secret") != nil {
            section.fault(
                "client_secret",
                "has no place in a file that is kept and shown around; name a file with client_secret_file or an "
                    + "environment variable with client_secret_env, or leave it out to have one made")
            _ = section.members(["client_secret"])
        }
        if let variable { section.noteKnown(variable: variable) }
        switch (file, variable) {
        case (let file?, nil): return .file(file)
        case (nil, let variable?): return .variable(variable)
        case (nil, nil): return nil
        case (_?, _?):
            section.fault("client_secret_env", "and client_secret_file exclude each other; keep one")
            return nil
        }
    }
}
