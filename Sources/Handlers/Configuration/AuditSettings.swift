import OIDCLogic

/// The audit log.
package struct AuditSettings: Sendable {
    /// In seconds: how long a row is kept.
    package var keep = AuditRecord.lifetime

    package init() {}
}
