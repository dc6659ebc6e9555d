import FCGIBridge
import Glibc
import Logging

extension Logger {
    /// What the bridge has to say. Requests that go well are in nginx's access log.
    func record(_ event: ServerEvent) {
        switch event {
        case .handlerThrew(let error, let head):
            self.error(
                "a handler failed",
                metadata: [
                    "request": "\(head.id)", "reference": "\(ErrorPage.grouped(head.id))", "handler": "\(head.handler)",
                    "cause": "\(error)",
                ])
        case .headersTooLarge(let bytes, let head):
            self.error(
                "an answer's headers were too large",
                metadata: [
                    "request": "\(head.id)", "reference": "\(ErrorPage.grouped(head.id))", "handler": "\(head.handler)",
                    "bytes": "\(bytes)",
                ])
        case .workerFailed(let error): critical("a worker could not begin", metadata: ["cause": "\(error)"])
        case .systemError(let call, let errno):
            self.error("a system call failed", metadata: ["call": "\(call)", "errno": "\(errno)"])
        case .draining(let count): notice("draining", metadata: ["connections": "\(count)"])
        case .drainCutShort(let count): warning("the drain was cut short", metadata: ["connections": "\(count)"])
        }
    }
}
