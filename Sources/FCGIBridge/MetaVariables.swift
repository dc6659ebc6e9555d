import Glibc

/// The meta-variables of a request (RFC 3875 section 4.1) as the web server sent them, looked up when asked for.
///
/// They are kept as one run of bytes: most requests use few of some thirty, so a dictionary of them would be
/// made in vain. Each entry is `NAME=value`, preceded by its length in four bytes.
struct MetaVariables: Sendable {
    private var bytes: [UInt8]

    init(_ entries: some Sequence<(name: String, value: String)>) {
        bytes = []
        for (name, value) in entries {
            let length = UInt32(name.utf8.count + 1 + value.utf8.count)
            unsafe withUnsafeBytes(of: length) { unsafe bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: name.utf8)
            bytes.append(0x3D)
            bytes.append(contentsOf: value.utf8)
        }
    }

    /// Copies what `environment` points to: strings that end with NUL, and a null pointer behind the last.
    @unsafe init(environment: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) {
        guard let environment = unsafe environment else {
            bytes = []
            return
        }
        var count = 0
        var total = 0
        while let entry = unsafe environment[count] {
            unsafe total += 4 + strlen(entry)
            count += 1
        }
        bytes = unsafe Array(unsafeUninitializedCapacity: total) { buffer, filled in
            guard var destination = UnsafeMutableRawPointer(buffer.baseAddress) else { return }
            for index in 0..<count {
                guard let entry = unsafe environment[index] else { break }
                let length = unsafe strlen(entry)
                unsafe destination.storeBytes(of: UInt32(truncatingIfNeeded: length), as: UInt32.self)
                unsafe memcpy(destination + 4, entry, length)
                unsafe destination += 4 + length
            }
            filled = total
        }
    }

    /// The value of the first variable with that name, as bytes.
    func bytes(of name: String) -> ArraySlice<UInt8>? {
        var position = 0
        return nextValue(of: name.utf8Span.span, from: &position).map { bytes[$0] }
    }

    /// The value of the first variable with that name. Bytes that are not UTF-8 come as U+FFFD.
    func string(of name: String) -> String? {
        bytes(of: name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The values of a request header, in the order in which they came.
    ///
    /// Some versions of nginx join repeated headers themselves, others send a variable for each.
    func headerValues(_ name: String) -> [ArraySlice<UInt8>] {
        let content = name.utf8.map(\.asciiLowercased)
        if content.elementsEqual("content-type".utf8) { return bytes(of: "CONTENT_TYPE").map { [$0] } ?? [] }
        if content.elementsEqual("content-length".utf8) { return bytes(of: "CONTENT_LENGTH").map { [$0] } ?? [] }
        let variable = Array("HTTP_".utf8) + name.utf8.map { $0 == 0x2D ? 0x5F : $0.asciiUppercased }
        var values: [ArraySlice<UInt8>] = []
        var position = 0
        while let value = nextValue(of: variable.span, from: &position) { values.append(bytes[value]) }
        return values
    }

    /// The same as one text: joined by a comma and a space, `Cookie` by a semicolon.
    func header(_ name: String) -> String? {
        let values = headerValues(name)
        guard let first = values.first else { return nil }
        guard values.count > 1 else { return String(decoding: first, as: UTF8.self) }
        let isCookie = name.utf8.map(\.asciiLowercased).elementsEqual("cookie".utf8)
        return values.map { String(decoding: $0, as: UTF8.self) }.joined(separator: isCookie ? "; " : ", ")
    }

    /// Where the next value of that name is, from the entry at `position` on, which moves behind it.
    private func nextValue(of name: borrowing Span<UInt8>, from position: inout Int) -> Range<Int>? {
        let all = bytes.span
        while position + 4 <= all.count {
            let length = unsafe bytes.withUnsafeBytes {
                unsafe Int($0.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            }
            let start = position + 4
            position = start + length
            let equals = start + name.count
            guard equals < position, all[equals] == 0x3D else { continue }
            var matched = 0
            while matched < name.count, all[start + matched] == name[matched] { matched += 1 }
            if matched == name.count { return equals + 1..<position }
        }
        return nil
    }
}
