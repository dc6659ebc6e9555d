import Expressions
import JOSE
import OIDCLogic

/// The expressions of upstreams' mappings, in a sandbox of one thread.
final class UpstreamExpressions: UpstreamExpressionEvaluator {
    private let compiled: CompiledExpressions

    /// Throws ``ExpressionError`` if there is no memory for a sandbox.
    init() throws(ExpressionError) { compiled = try CompiledExpressions(over: [.upstream]) }

    /// Why `text` can't decide anything; nil if it can.
    func objection(toDecision text: String) -> String? { compiled.objection(toDecision: text) }

    /// Why `text` can't give a value; nil if it can.
    func objection(toValue text: String) -> String? { compiled.objection(toValue: text) }

    func verdict(on expression: String, over upstream: JSON) -> ExpressionVerdict {
        compiled.verdict(on: expression, over: ExpressionDocuments(upstream: upstream))
    }

    func value(of expression: String, over upstream: JSON) throws(ExpressionFailure) -> JSON {
        try compiled.value(of: expression, over: ExpressionDocuments(upstream: upstream))
    }
}
