import JOSE

extension [ComputedClaim] {
    /// Adds those that go there to what is released there, and before it.
    func added(to released: [String: JSON], for destination: ClaimDestination) -> [String: JSON] {
        nested.placed(in: flat.placed(in: released, for: destination), for: destination)
    }

    /// What a token carries, with what goes to introspection beside it: claims of these first, then what is released there
    /// by itself. What was signed stays, but objects in it take more members.
    func added(to released: [String: JSON], beside signed: [String: JSON]) -> [String: JSON] {
        var claims = flat.placed(in: signed, for: .introspection, keepingOthers: true)
        claims.merge(released) { before, _ in before }
        return nested.placed(in: claims, for: .introspection, keepingOthers: true)
    }

    private var flat: Self { filter { $0.claim.name.path.count == 1 } }
    /// After the flat ones, so that paths find the objects that they lead into.
    private var nested: Self { filter { $0.claim.name.path.count > 1 } }

    private func placed(
        in object: [String: JSON], for destination: ClaimDestination, keepingOthers: Bool = false
    ) -> [String: JSON] {
        reduce(into: object) { object, computed in
            guard let value = computed.value(for: destination) else { return }
            Self.place(value, at: computed.claim.name.path[...], in: &object, keepingOthers: keepingOthers)
        }
    }

    /// False, and nothing has changed: something that is no object stands in the way.
    @discardableResult private static func place(
        _ value: JSON, at path: ArraySlice<String>, in object: inout [String: JSON], keepingOthers: Bool
    ) -> Bool {
        guard let name = path.first else { return false }
        guard path.count > 1 else {
            if !keepingOthers || object[name] == nil { object[name] = value }
            return true
        }
        guard case .object(var inner) = object[name] ?? .object([:]),
            place(value, at: path.dropFirst(), in: &inner, keepingOthers: keepingOthers)
        else { return false }
        object[name] = .object(inner)
        return true
    }
}
