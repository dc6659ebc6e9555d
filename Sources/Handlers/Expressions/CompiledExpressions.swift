import Expressions
import JOSE
import OIDCLogic

/// Expressions over the same documents, in a sandbox of one thread, each compiled once.
final class CompiledExpressions {
    /// Of each kind. Beyond it they are compiled anew.
    private static let limit = 500

    private let sandbox: Sandbox
    private var decisions: [String: Result<DecisionExpression, ExpressionError>] = [:]
    private var values: [String: Result<ValueExpression, ExpressionError>] = [:]

    /// Throws ``ExpressionError`` if there is no memory for a sandbox.
    init(over documents: [ExpressionDocument]) throws(ExpressionError) { sandbox = try Sandbox(documents) }

    /// Why `text` can't decide anything; nil if it can.
    func objection(toDecision text: String) -> String? { decision(text).failure?.description }

    /// Why `text` can't give a value; nil if it can.
    func objection(toValue text: String) -> String? { value(text).failure?.description }

    func verdict(on expression: String, over documents: some ExpressionDocumentSource) -> ExpressionVerdict {
        do throws(ExpressionError) {
            return try decision(expression).get().objection(on: documents).map { .fails(gave: $0) } ?? .holds
        } catch {
            return .broken(ExpressionFailure(error.description))
        }
    }

    func value(
        of expression: String, over documents: some ExpressionDocumentSource
    ) throws(ExpressionFailure) -> JSON {
        do throws(ExpressionError) {
            return try value(expression).get().value(on: documents)
        } catch {
            throw ExpressionFailure(error.description)
        }
    }

    private func decision(_ text: String) -> Result<DecisionExpression, ExpressionError> {
        if let kept = decisions[text] { return kept }
        if decisions.count >= Self.limit { decisions.removeAll() }
        let compiled = Result { () throws(ExpressionError) in try sandbox.decision(text) }
        decisions[text] = compiled
        return compiled
    }

    private func value(_ text: String) -> Result<ValueExpression, ExpressionError> {
        if let kept = values[text] { return kept }
        if values.count >= Self.limit { values.removeAll() }
        let compiled = Result { () throws(ExpressionError) in try sandbox.value(text) }
        values[text] = compiled
        return compiled
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
