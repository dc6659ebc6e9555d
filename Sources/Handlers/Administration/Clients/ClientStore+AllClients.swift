import OIDCLogic

extension ClientStore {
    /// In order of their ids.
    func allClients() throws -> [Client] {
        var clients: [Client] = []
        while true {
            let page = try self.clients(after: clients.last?.id, limit: 500)
            clients += page
            if page.count < 500 { return clients }
        }
    }
}
