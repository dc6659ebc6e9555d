import OIDCLogic

/// An error that an administrator can read, and act on.
package protocol AdministratorFacing: Error {
    var administratorText: String { get }
}

extension AdministrationError: AdministratorFacing {
    package var administratorText: String { description }
}

extension KeyFileFault: AdministratorFacing {
    package var administratorText: String { description }
}

extension ResourceError: AdministratorFacing {
    package var administratorText: String { description }
}

extension NginxFault: AdministratorFacing {
    package var administratorText: String { description }
}

extension ClientMetadataError: AdministratorFacing {
    package var administratorText: String { description }
}

extension StoreError: AdministratorFacing {
    package var administratorText: String {
        switch self {
        case .exists: "that is there already"
        case .missing: "that is gone"
        case .changed: "that has just been changed by someone else; look at it, and try again"
        case .unavailable(let text): "the database can't be used now: \(text)"
        case .broken(let text): "the database is not as it should be: \(text)"
        }
    }
}
