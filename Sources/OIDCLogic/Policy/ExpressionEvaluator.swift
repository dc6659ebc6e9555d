import JOSE

/// Computes the expressions of policy and claims over ``SubjectDocuments``.
package protocol ExpressionEvaluator {
    func verdict(on expression: String, over documents: SubjectDocuments) -> ExpressionVerdict
    /// Null for an expression that has no value. Throws where it has none on these documents.
    func value(of expression: String, over documents: SubjectDocuments) throws(ExpressionFailure) -> JSON
}

/// What an expression that decides came to. Anything but the integer 1 decides against.
package enum ExpressionVerdict: Sendable, Equatable {
    case holds
    /// It gave something else: `gave` names it, such as `0` or `NULL`.
    case fails(gave: String)
    /// It gave nothing: an error, or a limit.
    case broken(ExpressionFailure)

    package var holds: Bool { self == .holds }
}

extension ExpressionVerdict: CustomStringConvertible {
    package var description: String {
        switch self {
        case .holds: "it holds"
        case .fails(let gave): "it gave \(gave), not 1"
        case .broken(let failure): "it \(failure.reason)"
        }
    }
}

/// Why an expression gave nothing, for the log and the administrator.
package struct ExpressionFailure: Error, Sendable, Equatable {
    package let reason: String

    package init(_ reason: String) { self.reason = reason }
}

/// Where there are no expressions to compute.
package struct NoExpressions: ExpressionEvaluator {
    package init() {}

    package func verdict(on expression: String, over documents: SubjectDocuments) -> ExpressionVerdict {
        .broken(Self.failure)
    }

    package func value(of expression: String, over documents: SubjectDocuments) throws(ExpressionFailure) -> JSON {
        throw Self.failure
    }

    private static let failure = ExpressionFailure("can't be computed here")
}
