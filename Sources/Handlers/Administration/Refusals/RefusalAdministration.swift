import OIDCLogic

/// What an administrator asks about refusals.
package struct RefusalAdministration {
    private let store: any Store

    package init(store: any Store) { self.store = store }

    /// Explains a refusal by what was kept of it, and by what is registered now. `id` is as a page, an error or the log
    /// shows it, in groups or not, in any case.
    ///
    /// Throws ``AdministrationError`` if it is no id, or if there is no record of it, and `StoreError`.
    package func explain(_ id: String) throws -> RefusalExplanation {
        guard let known = RefusalID(typed: id) else {
            throw AdministrationError.invalid(
                "\"\(id)\" is no refusal's id, which has twelve hexadecimal digits, such as 3f9a-1c22-77de")
        }
        guard let record = try store.refusal(known) else {
            throw AdministrationError.missing(
                """
                there is no record of the refusal \(known.grouped). Records are kept for \(RefusalRecord.lifetime / 86_400) \
                days, and no more than \(RefusalRecord.limit) of them; in a flood, or while the disk is short, not every one \
                is written, and none is of what nginx refused by itself. The logs have it: search them for \(known) and \
                \(known.grouped)
                """)
        }
        let client = try record.request.clientID.flatMap { try store.client($0) }
        return RefusalExplanation(record, client: client, clientIDs: try store.allClients().map(\.id.value))
    }
}
