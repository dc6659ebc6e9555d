import ArgumentParser
import Handlers
import OIDCLogic

/// `--nginx-cache`: where nginx keeps the key set.
struct NginxCacheOption: ParsableArguments {
    @Option(
        help: ArgumentHelp("The folder where nginx keeps the key set, which is emptied.", valueName: "folder"))
    var nginxCache = NginxCache.defaultDirectory

    func empty() -> NginxCache.Outcome { NginxCache(directory: nginxCache).empty() }

    /// On the error output where the other is for a program.
    func tell(_ outcome: NginxCache.Outcome, asJSON: Bool) {
        let minutes = (PublicCaching.maxAge + PublicCaching.staleWhileRevalidate) / 60
        switch outcome {
        case .emptied:
            if !asJSON {
                print("nginx's cache in \(DisplayText.safe(nginxCache)) is empty, so it serves the new key set.")
            }
        case .absent:
            StandardError.write(
                "nginx's cache is not in \(DisplayText.safe(nginxCache)): it may serve the old key set for \(minutes) minutes "
                    + "yet. --nginx-cache names the folder\n")
        case .refused(let command):
            StandardError.write(
                "nginx's cache can't be emptied by you: it may serve the old key set for \(minutes) minutes yet. "
                    + "As root: \(command)\n")
        }
    }
}

/// What an administrator must know where a key signs that not everybody has yet.
enum CachedKeys {
    static let warning = """
        Apps and APIs that keep the key set refuse new tokens until they fetch it again: by HTTP within \
        \(PublicCaching.longest / 60) minutes, but some keep it for longer, and have to be restarted.
        """
}
