/// Where a request's body comes from.
protocol BodySource: AnyObject {
    /// Fills `buffer` as far as the body goes; fewer bytes than it holds mean that the body has ended.
    @unsafe func read(into buffer: UnsafeMutableRawBufferPointer) throws(ConnectionLost) -> Int
}

/// The web server went away, or broke the protocol, before the request was whole.
struct ConnectionLost: Error {}
