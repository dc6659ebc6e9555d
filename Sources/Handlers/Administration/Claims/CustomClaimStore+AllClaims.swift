import OIDCLogic

extension CustomClaimStore {
    /// In order of their ids.
    func allCustomClaims() throws -> [CustomClaim] {
        var claims: [CustomClaim] = []
        while true {
            let page = try customClaims(after: claims.last?.id, limit: 500)
            claims += page
            if page.count < 500 { return claims }
        }
    }
}
