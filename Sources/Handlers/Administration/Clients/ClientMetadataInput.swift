import JOSE
import OIDCLogic

/// Client metadata on its way in (RFC 7591 §2), not yet validated.
package struct ClientMetadataInput: Sendable {
    package private(set) var members: [String: JSON] = [:]

    package init() {}

    /// Throws ``AdministrationError`` if it is no JSON object.
    package init(parsing bytes: [UInt8]) throws(AdministrationError) {
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch { throw .invalid("the client metadata is not JSON: \(error)") }
        guard case .object(let object) = json else { throw .invalid("the client metadata is not a JSON object") }
        members = object
    }

    package mutating func set(_ name: String, _ value: String?) {
        if let value { members[name] = .string(value) }
    }

    package mutating func set(_ name: String, _ values: [String]) { members[name] = .array(values.map(JSON.string)) }
}

extension ClaimPreset {
    /// Throws ``AdministrationError`` with the names that there are.
    package init(naming name: String) throws(AdministrationError) {
        guard let preset = ClaimPreset(rawValue: name) else {
            let names = ClaimPreset.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalid("preset is \"\(name)\"; there are \(names)")
        }
        self = preset
    }
}

extension ClientAdministration {
    /// The same with the preset's name, which must be one that there is.
    package func register(
        _ input: ClientMetadataInput, preset: String? = nil, isFirstParty: Bool? = nil
    ) throws -> RegisteredClient {
        let preset = try preset.map { name in try ClaimPreset(naming: name) }
        return try register(.object(input.members), preset: preset, isFirstParty: isFirstParty)
    }
}
