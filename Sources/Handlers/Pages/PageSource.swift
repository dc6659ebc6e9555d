import Mustache

/// A template's source for one language: checked, and with all that doesn't change from page to page put in.
///
/// Beside the members of the page a template may write
/// - `{{text.KEY}}`: a text of the language, its placeholders set apart by `<bdi>`;
/// - `{{plain.KEY}}`: the same without markup, for titles and attributes;
/// - `{{asset.FILE}}`: the link to a static file;
/// - `{{language.tag}}`, `{{language.direction}}`, `{{service.name}}`.
///
/// Refused: `{{{x}}}` and `{{&x}}`, which don't escape; `{{=`, which would hide those; and `{{%`, which would choose
/// another way to escape.
struct PageSource {
    let file: String
    let source: String
    /// The templates that this one calls.
    let partials: Set<String>

    /// What a template is put together with.
    struct Surroundings {
        let texts: PageTexts
        let assets: PageAssets
        let service: String
        let templates: Set<String>
    }

    /// - Throws: `PageError.invalidTag`, or what a text or file lacks.
    init(_ template: String, file: String, in surroundings: Surroundings) throws(PageError) {
        self.file = file
        var source = ""
        var partials: Set<String> = []
        var rest = Substring(template)
        var line = 1
        while let open = rest.utf8.firstPair(of: UInt8(ascii: "{")) {
            source += rest[..<open]
            line += rest[..<open].utf8.count { $0 == UInt8(ascii: "\n") }
            rest = rest[open...]
            let inside = rest.dropUTF8(2)
            guard let close = inside.utf8.firstPair(of: UInt8(ascii: "}")) else {
                throw .invalidTag(file: file, line: line, tag: "", reason: "the tag has no end")
            }
            let tag = String(inside[..<close])
            do throws(Refusal) {
                source += try Self.expand(tag, in: surroundings)
                if tag.hasPrefix(">") || tag.hasPrefix("<") { partials.insert(tag.trimmedTagName) }
            } catch {
                throw error.cause ?? .invalidTag(file: file, line: line, tag: tag, reason: error.reason)
            }
            line += tag.utf8.count { $0 == UInt8(ascii: "\n") }
            rest = inside[close...].dropUTF8(2)
        }
        self.source = source + rest
        self.partials = partials
    }

    /// The template, which escapes by scalar. Partials need the pragma as much: the library falls back to its own
    /// escaping in each.
    /// - Throws: `PageError.invalidFile`.
    func parsed() throws(PageError) -> MustacheTemplate {
        HTMLText.registered
        do {
            return try MustacheTemplate(string: "{{% CONTENT_TYPE: \(HTMLText.pragmaName)}}\n" + source)
        } catch let error as MustacheTemplate.ParserError {
            let line = error.context.lineNumber - 1
            throw .invalidFile(file, reason: "line \(line): \(error.error) at \(error.context.line)")
        } catch {
            throw .invalidFile(file, reason: "\(error)")
        }
    }

    private struct Refusal: Error {
        var reason = ""
        var cause: PageError?
    }

    private static func expand(_ tag: String, in surroundings: Surroundings) throws(Refusal) -> String {
        let whole = "{{\(tag)}}"
        guard let sigil = tag.unicodeScalars.first else { throw Refusal(reason: "the tag is empty") }
        let name = tag.trimmedTagName
        switch sigil {
        case "{", "&": throw Refusal(reason: "text that isn't escaped is not allowed")
        case "=", "%": throw Refusal(reason: "delimiters and content types can't be changed")
        case "!", "/", "$": return whole
        case ">", "<":
            guard surroundings.templates.contains(name) else { throw Refusal(reason: "there is no such template") }
            return whole
        case "#", "^":
            guard isMember(name) else { throw Refusal(reason: "no page has a member of that name") }
            return whole
        default:
            if let value = try value(name, in: surroundings) { return value }
            guard isMember(name) else { throw Refusal(reason: "no page has a member of that name") }
            return whole
        }
    }

    /// The text for a name that means the same on every page, or nil if it's none of those.
    private static func value(_ name: String, in surroundings: Surroundings) throws(Refusal) -> String? {
        let texts = surroundings.texts
        do throws(PageError) {
            switch name {
            case "language.tag": return HTMLText.escapeForTemplate(texts.tag)
            case "language.direction": return HTMLText.escapeForTemplate(texts.direction)
            case "service.name": return HTMLText.escapeForTemplate(surroundings.service)
            case _ where name.hasPrefix("text."):
                let text = try PageText(String(name.dropFirst(5)), of: texts)
                return text.source(around: ("<bdi>", "</bdi>"))
            case _ where name.hasPrefix("plain."):
                return try PageText(String(name.dropFirst(6)), of: texts).source(around: ("", ""))
            case _ where name.hasPrefix("asset."):
                return HTMLText.escapeForTemplate(try surroundings.assets.link(to: String(name.dropFirst(6))))
            default: return nil
            }
        } catch {
            throw Refusal(cause: error)
        }
    }

    /// A leading dot keeps the look-up to the innermost section.
    private static func isMember(_ name: String) -> Bool {
        PageMember(rawValue: name.hasPrefix(".") ? String(name.dropFirst()) : name) != nil
    }
}

extension String {
    /// The name in a tag: without its sigil and the blanks around it.
    fileprivate var trimmedTagName: String {
        let sigils: Set<Unicode.Scalar> = ["#", "^", ">", "<", "/", "$", "!"]
        var scalars = unicodeScalars[...]
        if let first = scalars.first, sigils.contains(first) { scalars.removeFirst() }
        while scalars.first == " " { scalars.removeFirst() }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}

extension Substring {
    /// Tags are cut by bytes: a combining mark after a brace makes another `Character` of it.
    fileprivate func dropUTF8(_ count: Int) -> Substring {
        self[(utf8.index(startIndex, offsetBy: count, limitedBy: endIndex) ?? endIndex)...]
    }
}

extension Substring.UTF8View {
    fileprivate func firstPair(of byte: UInt8) -> Index? {
        var index = startIndex
        while let first = self[index...].firstIndex(of: byte) {
            let next = self.index(after: first)
            guard next < endIndex else { return nil }
            if self[next] == byte { return first }
            index = next
        }
        return nil
    }
}
