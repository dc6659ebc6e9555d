import JOSE
import OIDCLogic

extension RefusalRecord {
    /// The `number`th: each second brings one.
    package static func fixture(_ number: Int, at: Timestamp? = nil, text: String = "a text") -> RefusalRecord {
        let digits = String(number, radix: 16)
        let request = RefusedRequest(
            method: "GET", fields: [("client_id", AwkwardName.quoted), ("scope", AwkwardName.decomposed)],
            authorization: nil)
        return RefusalRecord(
            id: RefusalID(String(repeating: "0", count: 12 - digits.utf8.count) + digits),
            at: at ?? .noon + Int64(number), endpoint: "authorize", error: "invalid_request", text: text,
            request: request, detail: .credential(.code, .ofAnotherClient(ClientID(AwkwardName.withNUL))))
    }
}

func expectRefusals(in store: some Store) throws {
    let record = RefusalRecord.fixture(1)
    try expect(try store.refusal(record.id) == nil, "at first there is none")
    try expect(store.offer(record) == .taken(skipped: 0), "an offer is taken")
    store.settleObservations()
    try expect(try store.refusal(record.id) == record, "every field of a refusal comes back")
    store.offer(.fixture(1, text: "another"))
    store.settleObservations()
    try expect(try store.refusal(record.id) == record, "of two of one id the first stays")
    let before = try store.generation()
    store.offer(.fixture(2))
    store.settleObservations()
    try expect(try store.generation() == before, "a refusal makes no one read clients and keys again")

    // A flood: of one second a few are kept.
    let flood = (0..<200).map { store.offer(.fixture(1000 + $0, at: .noon + 5000)) }
    try expect(
        flood.filter { $0 != .dropped }.count == RefusalSampling.perSecond, "of a flood the first of a second are kept")
    try expect(
        store.offer(.fixture(2000, at: .noon + 5001)) == .taken(skipped: 200 - RefusalSampling.perSecond),
        "and how many were not is told")
    store.settleObservations()
    try expect(try store.refusal(RefusalRecord.fixture(1000).id) != nil, "the first is there")
    try expect(try store.refusal(RefusalRecord.fixture(1199).id) == nil, "the last is not")

    _ = try store.prune(at: record.at + RefusalRecord.lifetime - 1, limit: 10)
    try expect(try store.refusal(record.id) != nil, "it is kept for its lifetime")
    _ = try store.prune(at: record.at + RefusalRecord.lifetime, limit: 10)
    try expect(try store.refusal(record.id) == nil, "and goes then")
    try expect(try store.refusal(RefusalRecord.fixture(2).id) != nil, "and no younger one")
}
