import Glibc

/// What one thread does: it waits for a connection, answers one request, and gives the connection back.
struct Worker {
    let connections: Connections
    let dispatch: Dispatch

    func run() {
        let request = FastCGIRequest()
        var block: [UInt8] = []
        while true {
            switch connections.next() {
            case .stop:
                return
            case .listening:
                do {
                    try connections.accept()
                } catch {
                    dispatch.log(error.event)
                    // Out of descriptors or memory: the socket stays readable, and asking at once won't help.
                    poll(nil, 0, 100)
                }
            case .connection(let connection):
                if let kept = serve(request, on: connection, block: &block) {
                    connections.rearm(kept)
                } else {
                    connections.closed()
                }
            }
        }
    }

    private func serve(_ request: FastCGIRequest, on connection: Int32, block: inout [UInt8]) -> Int32? {
        guard request.begin(on: connection) else { return nil }
        do {
            let response = try dispatch.answer(request.variables, body: request, block: &block)
            request.write(block)
            request.write(response.body)
            return request.end()
        } catch {
            request.abandon()
            return nil
        }
    }
}
