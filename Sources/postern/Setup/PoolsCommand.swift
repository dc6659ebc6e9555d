import ArgumentParser
import Handlers

struct PoolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pools",
        abstract: "List the groups of processes to start.",
        discussion:
            "One line each, with tabs between: name, socket, processes, threads, handlers (with commas between).")

    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let pools = try config.load().pools
        guard !format.json else {
            print(Pool.json(pools).readableText)
            return
        }
        for pool in pools {
            let handlers = pool.handlers.map(\.rawValue).joined(separator: ",")
            print("\(pool.name)\t\(pool.socket)\t\(pool.processes)\t\(pool.threads)\t\(handlers)")
        }
    }
}
