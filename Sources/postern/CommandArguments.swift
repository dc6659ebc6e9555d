/// The words of a command line.
enum CommandArguments {
    /// Moves `--config FILE` from before the subcommand to the end, where each subcommand reads it as an option of its
    /// own: so it may stand in either place.
    static func withConfigurationLast(_ arguments: some Sequence<String>) -> [String] {
        var rest = Array(arguments)[...]
        var moved: [String] = []
        while let word = rest.first {
            if word == "--config", rest.count > 1 {
                moved += rest.prefix(2)
                rest = rest.dropFirst(2)
            } else if word.hasPrefix("--config=") {
                moved.append(word)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        // What follows "--" is no option.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end] + moved[...] + rest[end...])
    }
}
