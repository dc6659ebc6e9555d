/// What people may read instead of the name of a scope, a role or a group.
enum DescriptionRule {
    /// Nil for an empty text, which takes a description away. Throws ``AdministrationError``.
    static func accept(_ text: String?) throws(AdministrationError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.count <= 200 else {
            throw .invalid("a description has at most 200 bytes; this one has \(text.utf8.count)").of("description")
        }
        guard !text.hasInvisibleCharacter else {
            throw .invalid("a description is one line, without control or invisible characters").of("description")
        }
        return text
    }
}
