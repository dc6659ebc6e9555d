import FCGIBridge
import JOSE
import OIDCLogic

extension AdministrationCall {
    /// How many things a page has.
    var pageSize: Int {
        get throws {
            guard let text = try parameter("limit") else { return 50 }
            guard let limit = Int(text), (1...200).contains(limit) else {
                throw AdministrationProblem.invalid(
                    "limit is \"\(text)\"; it must be a whole number from 1 to 200", member: "limit")
            }
            return limit
        }
    }

    /// Where the page begins: what the page before gave as `next`.
    func position<Position>(_ read: (JSON) -> Position?) throws -> Position? {
        guard let text = try parameter("after", limit: 4096) else { return nil }
        let position = Base64URL.decode(text).flatMap { try? JSON(parsing: $0) }.flatMap(read)
        guard let position else {
            throw AdministrationProblem.invalid(
                "after is \(JSON.string(text).shown), which no page of this list gave as next", member: "after")
        }
        return position
    }
}

extension AdministrationCall {
    /// A page of what `fetch` finds, which is asked for one more than a page has.
    ///
    /// - Parameters:
    ///   - position: of an item, from which the next page goes on.
    ///   - show: what is told of one.
    func page<Item>(
        position: (Item) throws -> JSON, show: (Item) throws -> JSON, fetch: (_ limit: Int) throws -> [Item]
    ) throws -> Response {
        let size = try pageSize
        let found = try fetch(size + 1)
        let items = found.prefix(size)
        let next = found.count > size ? try items.last.map(position) : nil
        return .json(ListPage(items: try items.map(show), next: next).json)
    }
}

/// Part of a list, and where the next part begins.
struct ListPage {
    let items: [JSON]
    /// Nil: there is no more.
    let next: JSON?

    var json: JSON {
        var members: [String: JSON] = ["items": .array(items)]
        members["next"] = next.map { .string(Base64URL.encode($0.serialized())) }
        return .object(members)
    }
}

extension UnusedPosition {
    var json: JSON { [.integer(since.seconds), .string(client.value)] }

    init?(_ json: JSON) {
        guard let items = json.arrayValue, items.count == 2, let since = items[0].integerValue,
            let client = items[1].stringValue
        else { return nil }
        self.init(since: Timestamp(since), client: ClientID(client))
    }
}

extension WaitingPosition {
    var json: JSON { [.integer(registeredAt.seconds), .string(client.value)] }

    init?(_ json: JSON) {
        guard let items = json.arrayValue, items.count == 2, let time = items[0].integerValue,
            let client = items[1].stringValue
        else { return nil }
        self.init(registeredAt: Timestamp(time), client: ClientID(client))
    }
}

extension SearchPosition {
    var json: JSON { [.integer(Int64(field)), .string(text), .string(key)] }

    init?(_ json: JSON) {
        guard let items = json.arrayValue, items.count == 3, let field = items[0].integerValue, (0...9).contains(field),
            let text = items[1].stringValue, let key = items[2].stringValue
        else { return nil }
        self.init(field: Int(field), text: text, key: key)
    }
}
