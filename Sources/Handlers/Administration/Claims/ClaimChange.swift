import JOSE
import OIDCLogic

/// What is to be different about a claim. What isn't named stays.
package struct ClaimChange: Sendable {
    package var source: ClaimSource?
    /// A scope's name; empty: none is needed.
    package var scope: String?
    /// Names of destinations; empty: where the preset says.
    package var destinations: [String]?
    package var isRequired: Bool?

    package init() {}

    package var isEmpty: Bool { source == nil && scope == nil && destinations == nil && isRequired == nil }

    func apply(to claim: inout CustomClaim) throws(AdministrationError) {
        if let source { claim.source = source }
        if let scope { claim.scope = try Self.name(ofScope: scope) }
        if let destinations { claim.destinations = try Self.destinations(destinations) }
        if let isRequired { claim.isRequired = isRequired }
    }

    private static func name(ofScope text: String) throws(AdministrationError) -> String? {
        guard !text.isEmpty else { return nil }
        guard let scope = try? Scope(text), scope.names.count == 1 else {
            throw .invalid("the scope \"\(text)\" must be one name (RFC 6749 section 3.3)")
        }
        return scope.names[0]
    }

    private static func destinations(_ names: [String]) throws(AdministrationError) -> Set<ClaimDestination>? {
        guard !names.isEmpty else { return nil }
        var destinations: Set<ClaimDestination> = []
        for name in names {
            guard let destination = ClaimDestination(rawValue: name) else {
                let all = ClaimDestination.allCases.map(\.rawValue)
                throw .invalid(
                    "\"\(name)\" is no place for a claim; there are \(all.joined(separator: ", "))."
                        + Nearest.question(name, among: all))
            }
            destinations.insert(destination)
        }
        return destinations
    }
}

extension ClaimChange {
    /// A constant, as JSON. Throws ``AdministrationError``.
    package mutating func setValue(_ text: String) throws(AdministrationError) {
        do {
            source = .constant(try JSON(parsing: Array(text.utf8)))
        } catch {
            throw .invalid("the value is not JSON; a string needs quotes: '\"\(text)\"'")
        }
    }
}
