/// The header block of a CGI response (RFC 3875 section 6.2), which FastCGI responders send as well.
enum ResponseHead {
    /// nginx reads a header block into one buffer of a memory page; what is longer becomes a 502 there.
    static let limit = 4096

    /// Puts the block for `response` in place of what `block` held.
    static func write(_ response: Response, to block: inout [UInt8]) {
        block.removeAll(keepingCapacity: true)
        block.append(contentsOf: "Status: ".utf8)
        block.append(contentsOf: String(response.status.code).utf8)
        block.append(0x20)
        block.append(contentsOf: response.status.reason.utf8)
        block.append(contentsOf: "\r\n".utf8)
        for header in response.headers {
            block.append(contentsOf: header.name.text.utf8)
            block.append(contentsOf: ": ".utf8)
            block.append(contentsOf: header.value.text.utf8)
            block.append(contentsOf: "\r\n".utf8)
        }
        if response.status.hasContent {
            block.append(contentsOf: "Content-Length: ".utf8)
            block.append(contentsOf: String(response.body.count).utf8)
            block.append(contentsOf: "\r\n".utf8)
        }
        block.append(contentsOf: "\r\n".utf8)
    }
}
