/// What a server says of how long its answer is good (RFC 9111 §5.2.2).
struct CacheControl {
    /// In seconds; nil: it doesn't say. 0: it isn't to be kept, or what is said can't be read.
    let maxAge: Int64?

    init(_ header: String?) {
        var maxAge: Int64?
        for directive in (header ?? "").split(separator: ",") {
            let parts = directive.split(separator: "=", maxSplits: 1).map { part in
                part.filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased()
            }
            switch parts.first {
            case "no-store", "no-cache":
                self.maxAge = 0
                return
            case "max-age" where parts.count == 2: maxAge = max(Int64(parts[1]) ?? 0, 0)
            default: break
            }
        }
        self.maxAge = maxAge
    }
}
