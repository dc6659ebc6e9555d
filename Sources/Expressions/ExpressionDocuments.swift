import JOSE

/// What an expression can see, by the name that it goes by there.
package enum ExpressionDocument: String, Sendable, CaseIterable {
    case user, client, session, request
    /// What an upstream says of a user.
    case upstream

    /// What is seen where a client is given something.
    package static let ofGrants: [ExpressionDocument] = [.user, .client, .session, .request]

    /// Whether an expression may read it: its name stands somewhere in the text, or that of the row that holds it. SQLite
    /// tells its authorizer nothing of columns of a common table expression.
    func mayBeRead(by text: String) -> Bool {
        let text = text.lowercased()
        return text.contains(rawValue) || text.contains("documents")
    }
}

/// The JSON documents that an expression is computed over. Only those that it names are asked for.
package protocol ExpressionDocumentSource {
    /// Nil: there is none, and what an expression sees is NULL.
    func text(of document: ExpressionDocument) -> [UInt8]?
}

/// Documents that are there from the start.
package struct ExpressionDocuments: ExpressionDocumentSource, Sendable {
    private let texts: [ExpressionDocument: [UInt8]]

    package init(upstream: JSON) { texts = [.upstream: upstream.serialized()] }

    package init(user: JSON, client: JSON, session: JSON, request: JSON) {
        texts = [.user: user, .client: client, .session: session, .request: request].mapValues { $0.serialized() }
    }

    package func text(of document: ExpressionDocument) -> [UInt8]? { texts[document] }
}
