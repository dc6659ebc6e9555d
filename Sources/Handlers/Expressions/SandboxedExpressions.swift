import Expressions
import JOSE
import OIDCLogic

/// The expressions of policy and claims, in a sandbox of one thread.
final class SandboxedExpressions: ExpressionEvaluator {
    private let compiled: CompiledExpressions

    /// Throws ``ExpressionError`` if there is no memory for a sandbox.
    init() throws(ExpressionError) { compiled = try CompiledExpressions(over: ExpressionDocument.ofGrants) }

    /// Why `text` can't decide anything; nil if it can.
    func objection(toDecision text: String) -> String? { compiled.objection(toDecision: text) }

    /// Why `text` can't give a value; nil if it can.
    func objection(toValue text: String) -> String? { compiled.objection(toValue: text) }

    func verdict(on expression: String, over documents: SubjectDocuments) -> ExpressionVerdict {
        compiled.verdict(on: expression, over: DocumentTexts(documents))
    }

    func value(of expression: String, over documents: SubjectDocuments) throws(ExpressionFailure) -> JSON {
        try compiled.value(of: expression, over: DocumentTexts(documents))
    }
}

private struct DocumentTexts: ExpressionDocumentSource {
    private let documents: SubjectDocuments

    init(_ documents: SubjectDocuments) { self.documents = documents }

    func text(of document: ExpressionDocument) -> [UInt8]? {
        switch document {
        case .user: documents.userText
        case .client: documents.clientText
        case .session: documents.sessionText
        case .request: documents.requestText
        case .upstream: nil
        }
    }
}
