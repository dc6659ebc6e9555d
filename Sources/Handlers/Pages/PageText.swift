/// A text cut at its placeholders: `Sign in to {app}`.
struct PageText {
    private enum Piece {
        case literal(String)
        case member(PageMember)
    }

    private let pieces: [Piece]

    /// - Throws: `PageError.missingText`; `.invalidText` if a placeholder isn't a member's name.
    init(_ key: String, of texts: PageTexts) throws(PageError) {
        var pieces: [Piece] = []
        var rest = try texts.text(key).unicodeScalars[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                throw .invalidText(file: texts.file, key: key, reason: "has a brace without its partner")
            }
            let name = String(rest[rest.index(after: brace)..<end])
            guard let member = PageMember(rawValue: name) else {
                throw .invalidText(file: texts.file, key: key, reason: "has an unknown placeholder {\(name)}")
            }
            pieces.append(.literal(String(rest[..<brace])))
            pieces.append(.member(member))
            rest = rest[rest.index(after: end)...]
        }
        pieces.append(.literal(String(rest)))
        self.pieces = pieces
    }

    /// As a template's source, each member between `marks`.
    func source(around marks: (before: String, after: String)) -> String {
        pieces.reduce(into: "") { source, piece in
            switch piece {
            case .literal(let text): source += HTMLText.escapeForTemplate(text)
            case .member(let member): source += "\(marks.before){{\(member.rawValue)}}\(marks.after)"
            }
        }
    }
}
