/// A part of a page of the console.
struct ConsoleBlock: Sendable {
    var heading: String?
    var explanation: String?
    var content: Content
    /// What can be done from here.
    var links: [ConsoleLink] = []

    enum Content: Sendable {
        case nothing
        case details([Detail])
        case table(Table)
        case form(ConsoleForm)
        /// Text to copy.
        case code(String)
        case charts([ConsoleChart])
    }

    struct Detail: Sendable {
        var label: String
        var values: [Cell]

        init(_ label: String, _ values: Cell...) { self.init(label, values: values) }
        init(_ label: String, values: [Cell]) {
            self.label = label
            self.values = values
        }
    }

    struct Table: Sendable {
        var columns: [String]
        var rows: [[Cell]]
        /// What is said where there are no rows.
        var empty: String
    }

    /// A text, which may lead somewhere.
    struct Cell: Sendable, ExpressibleByStringInterpolation {
        var text: String
        var uri: String?
        var isCode = false

        init(_ text: String, to uri: String? = nil, isCode: Bool = false) {
            self.text = text
            self.uri = uri
            self.isCode = isCode
        }
        init(stringLiteral text: String) { self.init(text) }

        /// An empty one would be a frame around nothing.
        static func code(_ text: String) -> Self { text.isEmpty ? Self("none") : Self(text, isCode: true) }

        var members: PageMembers {
            var members = PageMembers([isCode ? .code : .text: .text(text)])
            members[text: .uri] = uri
            return members
        }
    }

    init(_ heading: String? = nil, _ explanation: String? = nil, _ content: Content, links: [ConsoleLink] = []) {
        self.heading = heading
        self.explanation = explanation
        self.content = content
        self.links = links
    }

    var members: PageMembers {
        var members = PageMembers()
        members[text: .heading] = heading
        members[text: .explanation] = explanation
        if !links.isEmpty { members[.links] = .group(PageMembers([.links: .list(links.map(\.members))])) }
        switch content {
        case .nothing: break
        case .details(let details): members[.details] = .group(PageMembers([.details: .list(details.map(\.members))]))
        case .table(let table): members[.table] = .group(table.members(labelled: heading))
        case .form(let form): members[.form] = .group(form.members)
        case .code(let text): members[.block] = .group(PageMembers([.text: .text(text)]))
        case .charts(let charts): members[.charts] = .group(PageMembers([.charts: .list(charts.map(\.members))]))
        }
        return members
    }
}

extension ConsoleBlock.Detail {
    fileprivate var members: PageMembers {
        PageMembers([.label: .text(label), .values: .list(values.map(\.members))])
    }
}

extension ConsoleBlock.Table {
    fileprivate func members(labelled label: String?) -> PageMembers {
        guard !rows.isEmpty else { return PageMembers([.empty: .text(empty)]) }
        return PageMembers([
            .table: .group(
                PageMembers([
                    .label: .text(label ?? columns.joined(separator: ", ")),
                    .columns: .list(columns.map { PageMembers([.text: .text($0)]) }),
                    .rows: .list(
                        rows.map { cells in
                            PageMembers([
                                .cells: .list(
                                    zip(columns, cells).map { column, cell in
                                        var members = cell.members
                                        members[text: .label] = column
                                        return members
                                    })
                            ])
                        }),
                ]))
        ])
    }
}
