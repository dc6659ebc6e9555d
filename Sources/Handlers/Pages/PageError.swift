/// Why the pages can't be loaded. Each names the file, so that whoever changed it last can mend it.
package enum PageError: Error, Equatable, CustomStringConvertible {
    /// The file is in none of the directories, or can't be read.
    case missingFile(String, searched: [String])
    /// The file is there but isn't what it should be.
    case invalidFile(String, reason: String)
    /// A template has a tag that isn't allowed or isn't known.
    case invalidTag(file: String, line: Int, tag: String, reason: String)
    /// A language lacks a text.
    case missingText(file: String, key: String)
    /// A text has a placeholder that no page fills, or a brace that belongs to none.
    case invalidText(file: String, key: String, reason: String)

    package var description: String {
        switch self {
        case .missingFile(let file, let searched):
            "\(file): not found or not readable in \(searched.joined(separator: ", "))"
        case .invalidFile(let file, let reason):
            "\(file): \(reason)"
        case .invalidTag(let file, let line, let tag, let reason):
            "\(file):\(line): {{\(tag)}}: \(reason)"
        case .missingText(let file, let key):
            "\(file): the text \"\(key)\" is missing"
        case .invalidText(let file, let key, let reason):
            "\(file): the text \"\(key)\" \(reason)"
        }
    }
}
