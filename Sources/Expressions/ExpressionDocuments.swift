import JOSE

/// What an expression can see: four JSON documents, which it names `user`, `client`, `session` and `request`.
package struct ExpressionDocuments: Sendable {
    /// In the order of the sandbox's parameters.
    let texts: [[UInt8]]

    /// - Parameter texts: JSON, in the order `user`, `client`, `session`, `request`.
    package init(texts: [[UInt8]]) { self.texts = texts }

    package init(user: JSON, client: JSON, session: JSON, request: JSON) {
        texts = [user, client, session, request].map { $0.serialized() }
    }
}
