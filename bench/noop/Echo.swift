import FCGIBridge

/// A request as JSON, as the bridge understood it.
enum Echo {
    static func json(of request: Request) -> String {
        let members: [(String, String)] = [
            ("method", string(request.method.rawValue)),
            ("handler", string(request.handler)),
            ("tail", string(request.tail)),
            ("query", string(request.query)),
            ("body", string(request.body.map { hexadecimal($0, digits: 2) }.joined())),
            ("remoteAddress", string(request.remoteAddress)),
            ("isTLS", "\(request.isTLS)"),
            ("id", string(request.id)),
            ("probe", request.header("X-Probe").map(string) ?? "null"),
            ("contentType", request.header("Content-Type").map(string) ?? "null"),
            ("cookies", pairs(request.cookies)),
            ("queryFields", fields(request.queryFields)),
            ("formFields", fields(request.formFields)),
        ]
        return "{" + members.map { "\(string($0)): \($1)" }.joined(separator: ", ") + "}\n"
    }

    private static func fields(_ read: () throws(FormError) -> [(name: String, value: String)]) -> String {
        do {
            return pairs(try read())
        } catch {
            return string("\(error)")
        }
    }

    private static func pairs(_ pairs: [(name: String, value: String)]) -> String {
        "[" + pairs.map { "[\(string($0.name)), \(string($0.value))]" }.joined(separator: ", ") + "]"
    }

    private static func string(_ text: String) -> String {
        var quoted = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x20...0x7E where unit != 0x22 && unit != 0x5C:
                quoted.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                quoted += "\\u" + hexadecimal(unit, digits: 4)
            }
        }
        return quoted + "\""
    }

    private static func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
        let text = String(number, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }
}
