import ArgumentParser

/// `--json`, for scripts.
struct FormatOption: ParsableArguments {
    @Flag(help: "Print JSON.") var json = false
}
