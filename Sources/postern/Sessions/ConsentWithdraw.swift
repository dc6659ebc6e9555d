import ArgumentParser
import Handlers
import JOSE

struct ConsentWithdraw: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "withdraw",
        abstract: "Withdraw a user's consent: they are asked again, and until then nothing is refreshed.")

    @OptionGroup var client: ClientIDArgument
    @OptionGroup var user: UsernameArgument
    @OptionGroup var config: ConfigurationOption
    @OptionGroup var format: FormatOption

    func run() throws {
        let installation = try config.open()
        let client = try installation.clients.client(client.id)
        let user = try installation.users.user(user.name)
        try installation.consents.withdraw(of: user.id, to: client)
        if format.json {
            print(JSON.object(["client_id": .string(client.id.value), "sub": .string(user.id.value)]).readableText)
        } else {
            let name = DisplayText.safe(user.username.value)
            print("Withdrew what \(name) allowed the app \(DisplayText.safe(client.displayName)).")
        }
    }
}
