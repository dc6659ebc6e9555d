import OIDCLogic

/// A change of one of a user's e-mail addresses, which leaves the others.
package enum EmailChange: Sendable {
    case add(String)
    /// An administrator says that it is the user's.
    case verify(String)
    case makePrimary(String)
    case remove(String)

    var address: String {
        switch self {
        case .add(let address), .verify(let address), .makePrimary(let address), .remove(let address): address
        }
    }

    /// Throws ``AdministrationError`` if the user has no such address.
    func apply(to addresses: inout EmailAddresses) throws(AdministrationError) {
        switch self {
        case .add(let address): addresses.add(address)
        case .verify(let address): guard addresses.verify(address) else { throw absent }
        case .makePrimary(let address): guard addresses.makePrimary(address) else { throw absent }
        case .remove(let address):
            switch addresses.remove(address) {
            case .removed: break
            case .absent: throw absent
            case .isPrimaryOfSeveral:
                throw .invalid(
                    "\(address) is the primary address, and there are others; say with --primary-email which takes its "
                        + "place")
            }
        }
    }

    private var absent: AdministrationError {
        .missing("the user has no address \(address); --add-email adds it")
    }
}
