import ArgumentParser
import Handlers

struct NginxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nginx",
        abstract: "Print what nginx includes for this configuration.",
        discussion: """
            Put --http into conf.d/, --fastcgi beside nginx.conf as postern-fastcgi.conf, and --locations as
            postern-locations.conf, with one line "include postern-locations.conf;" in your server block.
            --server prints a complete server block for those who have none.
            """)

    enum File: String, EnumerableFlag {
        case http, locations, fastcgi, server

        static func help(for value: File) -> ArgumentHelp? {
            switch value {
            case .http: "What belongs at http level: upstreams, limits, cache, log format."
            case .locations: "The endpoints, for a server block."
            case .fastcgi: "The parameters that each endpoint passes on."
            case .server: "A complete server block."
            }
        }
    }

    @OptionGroup var config: ConfigurationOption
    @Flag(help: "Which file.") var file: File

    func run() throws {
        let configuration = try config.load()
        let nginx = try NginxConfiguration(
            configuration, resources: try ResourceDirectory(environment: config.environment))
        let text =
            switch file {
            case .http: nginx.http
            case .locations: nginx.locations
            case .fastcgi: nginx.fastcgi
            case .server: nginx.server
            }
        print(text, terminator: text.hasSuffix("\n") ? "" : "\n")
    }
}
