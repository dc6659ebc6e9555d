import FCGIBridge
import OIDCLogic

extension AdministrationProblem {
    /// Nil: it isn't about what was asked for.
    init?(_ error: any Error) {
        switch error {
        case let error as AdministrationProblem: self = error
        case let error as AdministrationError:
            let status: Status =
                switch error.kind {
                case .invalid: .badRequest
                case .missing: .notFound
                case .exists, .declared: .conflict
                }
            self.init(status, error.description, member: error.member)
        case let error as ClientMetadataError:
            self.init(
                .badRequest, error.description, member: error.member,
                faults: error.faults.count > 1 ? error.faults : [])
        case StoreError.changed:
            self.init(.preconditionFailed, "it has changed since you looked; read it again, and decide again")
        case StoreError.missing: self.init(.notFound, "it was removed meanwhile")
        case StoreError.exists: self.init(.conflict, "it is there already")
        case is FormError: self.init(.badRequest, "the query is malformed")
        case let error as OAuthError where error.code == .invalidRequest:
            self.init(.badRequest, "\(error.text)")
        default: return nil
        }
    }
}
