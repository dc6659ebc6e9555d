import OIDCLogic

/// Who may register apps at the registration endpoint, beside those with an administrator's token.
package struct RegistrationSettings: Sendable {
    /// What anybody may register; nil: nothing.
    package var open: RegistrationPermit?
    /// In seconds: how long an app may wait for approval.
    package var approvalDeadline = ClientApproval.deadline
    /// In the order of the file.
    package var ciRules: [CIRule] = []

    package init() {}
}
