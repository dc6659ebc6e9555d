import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationRoute {
    static let logoutDeliveryRoutes = [
        AdministrationRoute(
            .get, "logout-deliveries", .readSessions,
            "List sign-outs that apps were not told of, the newest first: those given up, and those that wait too long",
            query: ["after", "limit"], answer: (.ok, "LogoutDeliveryList")
        ) { call in
            let size = try call.pageSize
            let found = try call.provider.store.undeliveredLogouts(
                at: call.provider.now(), before: call.position(\.integerValue), limit: size + 1)
            let items = found.prefix(size)
            let next = found.count > size ? items.last.map { JSON.integer($0.id) } : nil
            return .json(ListPage(items: items.map(\.shown), next: next).json)
        }
    ]
}

extension LogoutDelivery {
    fileprivate var shown: JSON {
        var members: [String: JSON] = [
            "client_id": .string(clientID.value), "sub": .string(userID.value),
            "backchannel_logout_uri": .string(uri.value), "created_at": .integer(createdAt.seconds),
            "attempts": .integer(attempts),
        ]
        switch state {
        case .waiting(let time, let fault):
            members["status"] = "waiting"
            members["next_attempt_at"] = .integer(time.seconds)
            members["fault"] = fault.map(JSON.string)
        case .givenUp(let time, let fault):
            members["status"] = "given_up"
            members["given_up_at"] = .integer(time.seconds)
            members["fault"] = .string(fault)
        }
        return .object(members)
    }
}
