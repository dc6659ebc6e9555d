import ArgumentParser
import Foundation
import Handlers
import JOSE
import OIDCLogic

struct UpstreamTraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Watch one sign-in at an upstream, step by step.",
        discussion: """
            Prints a link that serves once, for 15 minutes: follow it in a private window, or give it to whoever can't get \
            in. Then it waits, and prints each step: what was asked, what the upstream said, what each expression made of \
            it, and why it was refused. Codes, tokens and secrets are cut out. Ends with 0 if somebody signed in.
            """)

    @Argument(help: "Its name.") var name: String
    @Flag(help: "Print the link, and wait for nobody.") var noWait = false
    @Flag(help: "Make no link, and print what there is of the one before.") var show = false
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func validate() throws {
        guard !(noWait && show) else { throw ValidationError("Give one of --no-wait and --show.") }
    }

    func run() throws {
        let upstreams = try config.open().upstreams
        if show { return try printAll(try upstreams.shownTrace(name)) }
        let (link, expiresAt) = try upstreams.trace(name)
        if noWait {
            let made: JSON = ["link": .string(link), "expires_at": .integer(expiresAt.seconds)]
            return print(format.json ? made.readableText : link)
        }
        // What is awaited goes beside what is printed for programs.
        FileHandle.standardError.write(
            Data("Follow this, until \(WrittenTime.text(expiresAt)):\n\n  \(link)\n\n".utf8))
        var printed = 0
        while let trace = try upstreams.shownTrace(name) {
            if !format.json {
                for step in trace.steps.dropFirst(printed) { print(step) }
                printed = trace.steps.count
            }
            if let outcome = trace.outcome {
                if format.json { print(trace.json.readableText) }
                guard outcome == .signedIn else { throw ExitCode(1) }
                return
            }
            Thread.sleep(forTimeInterval: 0.5)
        }
        throw Failure("nobody signed in by the link in time")
    }

    private func printAll(_ trace: UpstreamTrace?) throws {
        guard let trace else { throw Failure("there is no trace of \"\(name)\", or its time is over") }
        guard !format.json else { return print(trace.json.readableText) }
        for step in trace.steps { print(step) }
        print(trace.state)
    }

    private func print(_ step: UpstreamTrace.Step) {
        let what = DisplayText.safe(step.what)
        Swift.print("\(WrittenTime.text(step.at))  \(step.isFault ? Terminal.bold("REFUSED: \(what)") : what)")
        guard step.details != .null else { return }
        for line in step.details.readableText.split(separator: "\n") {
            Swift.print("    \(DisplayText.safe(String(line)))")
        }
    }

    private func print(_ text: String) { Swift.print(text) }
}
