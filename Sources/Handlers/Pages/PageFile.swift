import FoundationEssentials

/// A file that the pages are made of, read whole.
struct PageFile {
    let path: String
    let bytes: Data

    /// The first of `directories` that has the file serves it, so an administrator's folder goes in front.
    /// - Throws: `PageError.missingFile`.
    init(_ name: String, in directories: [String]) throws(PageError) {
        for directory in directories {
            let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
            if let bytes = FileManager.default.contents(atPath: path) {
                self.path = path
                self.bytes = bytes
                return
            }
        }
        throw .missingFile(name, searched: directories)
    }

    /// - Throws: `PageError.invalidFile` if the bytes aren't UTF-8.
    func text() throws(PageError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .invalidFile(path, reason: "is not UTF-8")
        }
        return text
    }
}
