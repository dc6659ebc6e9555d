import FoundationEssentials

/// Where the files are that come with the program: `templates`, `locales`, `nginx/static`.
package struct ResourceDirectory: Sendable, Equatable {
    /// An absolute path.
    package let path: String

    /// `POSTERN_SHARE`, else `../share/postern` beside the executable, else the source tree that it was built in.
    /// Throws where it looked.
    package init(environment: [String: String], executable: String = ResourceDirectory.executable) throws(ResourceError)
    {
        if let share = environment["POSTERN_SHARE"], !share.isEmpty {
            let path = AbsolutePath.of(share, in: FileManager.default.currentDirectoryPath)
            guard Self.holdsResources(path) else { throw ResourceError(places: ["POSTERN_SHARE=\(share)"]) }
            self.path = path
            return
        }
        let folder = AbsolutePath.folder(of: executable)
        let installed = AbsolutePath.of("../share/postern", in: folder)
        if Self.holdsResources(installed) {
            path = installed
            return
        }
        // A build lies in TREE/.build/…; only such a tree counts, so that nobody's parent folder is taken for one.
        var ancestor = folder
        while ancestor != "/" {
            let isBuild = ancestor.hasSuffix("/.build")
            ancestor = AbsolutePath.folder(of: ancestor)
            if isBuild, Self.holdsResources(ancestor) {
                path = ancestor
                return
            }
        }
        throw ResourceError(places: [installed])
    }

    package var templates: String { path + "/templates" }
    package var locales: String { path + "/locales" }
    package var nginx: String { path + "/nginx" }
    /// What nginx serves by itself: style sheet, icons, error pages.
    package var staticFiles: String { path + "/nginx/static" }

    /// The file that this process runs.
    package static var executable: String {
        URL(filePath: "/proc/self/exe", directoryHint: .notDirectory).resolvingSymlinksInPath().path(
            percentEncoded: false)
    }

    private static func holdsResources(_ path: String) -> Bool {
        ["templates", "locales"].allSatisfy { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }
}

/// The files that come with the program aren't where they should be.
package struct ResourceError: Error, Sendable, CustomStringConvertible {
    package let places: [String]

    package var description: String {
        "the templates and texts that come with the program are not in \(places.joined(separator: " or ")); "
            + "name their folder in POSTERN_SHARE"
    }
}
