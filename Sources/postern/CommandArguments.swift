/// The words of a command line.
enum CommandArguments {
    /// Moves `--config FILE` from before the subcommand to the end, where each subcommand reads it as an option of its
    /// own: so it may stand in either place.
    static func withConfigurationLast(_ words: [String]) -> [String] {
        let count = configurationCount(words)
        let rest = words[count...]
        // What follows "--" is no option.
        let end = rest.firstIndex(of: "--") ?? rest.endIndex
        return Array(rest[..<end] + words[..<count] + rest[end...])
    }

    /// Leaves out `--config FILE` before the subcommand.
    static func withoutConfiguration(_ words: [String]) -> [String] { Array(words[configurationCount(words)...]) }

    /// Of how many words `--config FILE` consists, before the subcommand.
    private static func configurationCount(_ words: [String]) -> Int {
        var count = 0
        while count < words.count {
            if words[count] == "--config", count + 1 < words.count {
                count += 2
            } else if words[count].hasPrefix("--config=") {
                count += 1
            } else {
                break
            }
        }
        return count
    }
}
