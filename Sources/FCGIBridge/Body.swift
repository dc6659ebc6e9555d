/// A body read to its end: what is left over would be taken for the beginning of the connection's next request.
enum Body {
    case whole([UInt8])
    /// Shorter than announced.
    case incomplete
    /// Longer than the limit, or than announced; it was read and thrown away.
    case tooLarge

    private static let pieceSize = 16 * 1024

    static func read(from source: some BodySource, announced: Int, limit: Int) throws(ConnectionLost) -> Body {
        guard announced <= limit else {
            _ = try discard(source)
            return .tooLarge
        }
        var bytes: [UInt8] = []
        if announced > 0 {
            bytes = try read(announced, from: source)
        }
        guard bytes.count == announced else { return .incomplete }
        return try discard(source) == 0 ? .whole(bytes) : .tooLarge
    }

    /// Reads what is left in pieces and tells how much it was.
    @discardableResult
    static func discard(_ source: some BodySource) throws(ConnectionLost) -> Int {
        var total = 0
        var first: UInt8 = 0
        // One byte tells that nothing is left, which is the usual case.
        guard
            try unsafe withUnsafeMutableBytes(
                of: &first,
                { buffer throws(ConnectionLost) in
                    try unsafe source.read(into: buffer)
                }) == 1
        else { return 0 }
        total = 1
        while true {
            let piece = try read(pieceSize, from: source)
            total += piece.count
            if piece.count < pieceSize { return total }
        }
    }

    private static func read(_ count: Int, from source: some BodySource) throws(ConnectionLost) -> [UInt8] {
        try unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled throws(ConnectionLost) in
            filled = try unsafe source.read(
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]))
        }
    }
}
