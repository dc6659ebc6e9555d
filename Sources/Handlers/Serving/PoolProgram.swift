import FCGIBridge
import FoundationEssentials
import Glibc

/// `postern-fcgi --config FILE [--pool NAME | --only HANDLER,…] [--threads N]`: what spawn-fcgi, systemd or a CGI server runs.
package enum PoolProgram {
    private static let usage = """
        usage: postern-fcgi --config FILE [--pool NAME | --only HANDLER,...] [--threads N]

        Serves the FastCGI socket on descriptor 0, as spawn-fcgi and systemd hand it over; without one it answers one
        CGI request. --config may be left out where POSTERN_CONFIG names the file.

        """

    package static func main() -> Never {
        do {
            let options = try Options(ProgramArguments.words)
            let environment = ProcessInfo.processInfo.environment
            guard let file = options.configuration ?? environment["POSTERN_CONFIG"] else {
                throw Options.Fault("--config FILE is missing")
            }
            let configuration = try Configuration.load(file, environment: environment)
            let service = Service(
                configuration, only: try options.handlers ?? handlers(of: options.pool, in: configuration),
                threads: options.threads, environment: environment)
            end(try service.run())
        } catch let fault as Options.Fault {
            fail("\(fault.text)\n\n\(usage)", status: EX_USAGE)
        } catch {
            fail("postern-fcgi: \(error)\n", status: EX_CONFIG)
        }
    }

    /// The handlers of a configured pool; nil: of all.
    private static func handlers(
        of name: String?, in configuration: Configuration
    ) throws(Options.Fault) -> Set<HandlerName>? {
        guard let name else { return nil }
        guard let pool = configuration.pools.first(where: { $0.name == name }) else {
            let names = configuration.pools.map(\.name).joined(separator: ", ")
            throw Options.Fault("--pool is \"\(name)\"; the pools of \(configuration.file) are \(names)")
        }
        return Set(pool.handlers)
    }

    private static func fail(_ text: String, status: Int32) -> Never {
        StandardError.write(text)
        end(status)
    }

    /// What keeps a pool complete starts the next process at once. A fault that stays must not cost it a core.
    private static func end(_ status: Int32) -> Never {
        if status != 0, Server.isListening { sleep(2) }
        exit(status)
    }

    private struct Options {
        struct Fault: Error {
            let text: String

            init(_ text: String) { self.text = text }
        }

        var configuration: String?
        var pool: String?
        var handlers: Set<HandlerName>?
        var threads: Int?

        init(_ arguments: [String]) throws(Fault) {
            var rest = arguments[...]
            while let option = rest.popFirst() {
                guard let value = rest.popFirst() else { throw Fault("\(option) lacks its value, or is unknown") }
                switch option {
                case "--config": configuration = value
                case "--pool": pool = value
                case "--only":
                    var names: Set<HandlerName> = []
                    for name in value.split(separator: ",") {
                        guard let handler = HandlerName(rawValue: String(name)) else {
                            let known = HandlerName.allCases.map(\.rawValue).joined(separator: ", ")
                            throw Fault("--only has \"\(name)\"; the handlers are \(known)")
                        }
                        names.insert(handler)
                    }
                    handlers = names
                case "--threads":
                    guard let number = Int(value), (1...1024).contains(number) else {
                        throw Fault("--threads is \"\(value)\"; it must be a number from 1 to 1024")
                    }
                    threads = number
                default: throw Fault("\(option) is unknown")
                }
            }
            if pool != nil, handlers != nil { throw Fault("--pool and --only exclude each other") }
        }
    }
}
