import FCGIBridge
import JOSE
import OIDCLogic

extension Response {
    /// One thing, with its state.
    static func entity(_ json: JSON, version: Int64 = 0, status: Status = .ok) -> Response {
        var response = Response.json(json, status: status)
        response[.eTag] = HeaderValue(EntityTag(of: json, version: version).text)
        return response
    }

    /// What was made, and where it is.
    static func made(_ json: JSON, _ collection: String, _ name: String, _ call: AdministrationCall) -> Response {
        var response = Response.entity(json, status: .created)
        response[.location] = call.location(collection, name)
        return response
    }

    static var nothing: Response {
        var response = Response(status: .noContent)
        response[.cacheControl] = "no-store"
        return response
    }
}

extension AdministrationCall {
    /// Where a thing is.
    func location(_ collection: String, _ name: String) -> HeaderValue? {
        HeaderValue(AdministrationScope.resource(of: provider.issuer) + "/\(collection)/" + RoutePath.escaped(name))
    }
}
