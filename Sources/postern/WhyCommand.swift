import ArgumentParser
import Handlers

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why", abstract: "Explain a refusal by the id that its page, error or log line shows.",
        discussion: """
            What was expected is what is registered now. Of secrets, codes, tokens and passwords nothing is kept but \
            whether they were absent, malformed or did not match.
            """)

    @Argument(help: ArgumentHelp("Such as 3f9a-1c22-77de.", valueName: "id")) var id: String
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let explanation = try config.open().refusals.explain(id)
        guard !format.json else {
            print(explanation.json.readableText)
            return
        }
        let record = explanation.record
        print("Refusal \(record.id.grouped)\n")
        var details = Details()
        details.add("what happened", "\(record.error): \(record.text)")
        details.add("when", DisplayText.time(record.at.seconds))
        details.add("endpoint", record.endpoint + (record.request.method.map { " (\($0))" } ?? ""))
        details.add("app", explanation.client?.metadata.name)
        details.add("what came", explanation.came.map { "\($0.name): \($0.value)" })
        details.add("expected", explanation.expected)
        details.add("difference", explanation.differences)
        details.add("what to do", explanation.advice)
        details.print()
    }
}
