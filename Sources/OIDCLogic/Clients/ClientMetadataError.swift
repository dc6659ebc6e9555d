/// RFC 7591 §3.2.2. It names the member, what is wrong, and what would be right: who registers is known here.
package struct ClientMetadataError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case invalidRedirectURI = "invalid_redirect_uri"
        case invalidClientMetadata = "invalid_client_metadata"
    }

    package let code: Code
    /// The member that is wrong.
    package let member: String
    /// What is wrong with it: of a list, with each wrong item by itself.
    package let faults: [String]

    package var fault: String { faults.joined(separator: "; ") }

    package var description: String { "\(member) \(fault)" }

    package init(_ member: String, _ fault: String, code: Code = .invalidClientMetadata) {
        self.init(member, faults: [fault], code: code)
    }

    init(_ member: String, faults: [String], code: Code) {
        self.code = code
        self.member = member
        self.faults = faults
    }
}
