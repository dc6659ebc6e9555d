/// What a server tells its log. Requests that go well are the web server's to log.
package enum ServerEvent: Sendable {
    /// The bridge answered in a handler's place.
    case failed(Failure, RequestHead)
    /// A worker's endpoints could not be made; the server drains and ends with 1.
    case workerFailed(any Error)
    /// The system refused something that serving needs, such as a descriptor or a thread.
    case systemError(call: String, errno: Int32)
    /// No new connections from now on.
    case draining(openConnections: Int)
    /// The drain was cut short, by a second signal or by its bound.
    case drainCutShort(openConnections: Int)
}
