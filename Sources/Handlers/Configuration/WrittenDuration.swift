/// A time span as an administrator writes it: `60`, `30s`, `10m`, `8h`, `30d`.
package enum WrittenDuration {
    package static let explanation = "a number of seconds, or a number with s, m, h or d, such as 60, 10m or 8h"

    /// In seconds; nil if it isn't written so, or overflows.
    package static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last else { return nil }
        let unit = units[last]
        let digits = unit == nil ? text[...] : text.dropLast()
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(digits) else {
            return nil
        }
        let (seconds, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        return overflow ? nil : seconds
    }

    /// The shortest way to write it: `8h` for 28,800.
    static func text(_ seconds: Int64) -> String {
        for (unit, size) in [("d", 86_400), ("h", 3600), ("m", 60)] as [(String, Int64)]
        where seconds >= size && seconds % size == 0 {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}
