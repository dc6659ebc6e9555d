import FoundationEssentials
import Testing

@testable import Handlers

@Suite struct NginxCacheTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `nginx's files are removed, and no others`() throws {
        let entry = "b7f54b2df7773722d382f4809d65029c"
        for name in [entry, "postern.db", entry + "0", "B" + entry.dropFirst()] { try folder.write("x", to: name) }
        #expect(NginxCache(directory: folder.path).empty() == .emptied)
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(left == ["B" + entry.dropFirst(), entry + "0", "postern.db"].sorted())
        #expect(NginxCache(directory: folder.path).empty() == .emptied, "there may be nothing to remove")
    }

    @Test func `where there is no such folder, or none that can be read, it is said`() throws {
        #expect(NginxCache(directory: folder.file("none")).empty() == .absent)
        try folder.write("x", to: "a file")
        let file = folder.file("a file")
        #expect(NginxCache(directory: file).empty() == .refused(command: "find '\(file)' -type f -delete"))
    }
}
