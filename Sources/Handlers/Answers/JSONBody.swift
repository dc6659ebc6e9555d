import FCGIBridge
import JOSE
import OIDCLogic

extension Request {
    /// The members of the JSON object that the body must be (RFC 7591 §3.1). Throws what is wrong with it.
    func jsonObject(
        types: [StaticString] = ["application/json"]
    ) throws(ClientMetadataError) -> [String: JSON] {
        let name = "the body"
        guard types.contains(where: hasContentType) else {
            throw ClientMetadataError(name, "must be JSON, and say so by Content-Type: \(types[0])")
        }
        let json: JSON
        do { json = try JSON(parsing: body) } catch {
            let fault =
                switch error {
                case .tooLong: "is longer than \(JSON.defaultMaximumBytes) bytes"
                case .tooDeep: "is nested deeper than \(JSON.defaultMaximumDepth) arrays and objects"
                case .invalidUTF8: "is not UTF-8"
                case .duplicateMember:
                    "has two members \(JSON.duplicateMember(in: body).map { JSON.string($0).shown } ?? "of one name"); "
                        + "keep one"
                case .malformed: "is not well-formed JSON"
                }
            throw ClientMetadataError(name, fault)
        }
        guard case .object(let members) = json else { throw ClientMetadataError(name, "must be a JSON object") }
        return members
    }
}
