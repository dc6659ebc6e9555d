import JOSE

/// What an expression can see: four JSON documents, which it names `user`, `client`, `session` and `request`.
package struct ExpressionDocuments: Sendable {
    /// In the order of the sandbox's parameters.
    let texts: [[UInt8]]

    package init(user: JSON, client: JSON, session: JSON, request: JSON) {
        texts = [user, client, session, request].map { $0.serialized() }
    }
}
