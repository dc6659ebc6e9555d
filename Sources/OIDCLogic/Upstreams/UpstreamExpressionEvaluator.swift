import JOSE

/// Computes the expressions of admission and mapping over what an upstream says of a user.
package protocol UpstreamExpressionEvaluator {
    func verdict(on expression: String, over upstream: JSON) -> ExpressionVerdict
    /// Null for an expression that has no value. Throws where it has none on these claims.
    func value(of expression: String, over upstream: JSON) throws(ExpressionFailure) -> JSON
}
