import FoundationEssentials

/// The folder where nginx keeps discovery and the key set. What isn't there is fetched again, so nginx needn't be told.
package struct NginxCache {
    /// As `postern nginx --http` has it.
    package static let defaultDirectory = "/var/cache/postern"

    package let directory: String

    package init(directory: String = defaultDirectory) { self.directory = directory }

    package enum Outcome: Sendable, Equatable {
        case emptied
        /// There is no such folder.
        case absent
        /// Whoever asks may not; the command is one for an administrator's shell.
        case refused(command: String)
    }

    /// Removes nginx's own files, whose names are 32 hexadecimal digits, and no others.
    package func empty() -> Outcome {
        let files = FileManager.default
        guard files.fileExists(atPath: directory) else { return .absent }
        do {
            for name in try files.contentsOfDirectory(atPath: directory) where Self.isNginxFile(name) {
                let path = directory + "/" + name
                do { try files.removeItem(atPath: path) } catch  where !files.fileExists(atPath: path) { continue }
            }
            return .emptied
        } catch {
            return .refused(command: "find \(ShellWord.quoted(directory)) -type f -delete")
        }
    }

    private static func isNginxFile(_ name: String) -> Bool {
        name.utf8.count == 32 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
