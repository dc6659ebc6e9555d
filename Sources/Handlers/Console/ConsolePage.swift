/// A page of the console: what it has, block by block. How a block looks is the one template's matter.
struct ConsolePage: Page {
    static let template = PageTemplate.console

    var title: String
    /// Where it leads back to.
    var back: ConsoleLink?
    /// What has just been done, or what went wrong with it.
    var notice: Notice?
    var blocks: [ConsoleBlock]
    /// What every page has.
    var frame = Frame()

    enum Notice: Sendable, Equatable {
        case done(String)
        /// On a long form what is wrong stands far below, so it leads there.
        case failed(String, marked: ConsoleLink? = nil)
    }

    struct Frame: Sendable {
        var tabs: [ConsoleLink] = []
        var current = ""
        var user = ""
        var signOut = ""
    }

    init(_ title: String, back: ConsoleLink? = nil, notice: Notice? = nil, _ blocks: [ConsoleBlock]) {
        self.title = title
        self.back = back
        self.notice = notice
        self.blocks = blocks
    }

    func members(in texts: PageTexts) -> PageMembers {
        var members = PageMembers([
            .title: .text(title), .signOut: .text(frame.signOut),
            .tabs: .list(
                frame.tabs.map { tab in
                    var members = tab.members
                    members[.current] = .flag(tab.uri == frame.current)
                    return members
                }),
            .blocks: .list(blocks.map(\.members)),
        ])
        // Without it nobody is signed in, and there is nowhere else to go.
        members[text: .user] = frame.user.isEmpty ? nil : frame.user
        members[.back] = back.map { .group($0.members) }
        switch notice {
        case .done(let text): members[.done] = .group(PageMembers([.text: .text(text)]))
        case .failed(let text, let marked):
            var failed = marked?.members ?? PageMembers()
            failed[text: .text] = text
            members[.failed] = .group(failed)
        case nil: break
        }
        return members
    }
}

struct ConsoleLink: Sendable, Equatable {
    var label: String
    /// A path of ours, or an address.
    var uri: String

    var members: PageMembers { PageMembers([.label: .text(label), .uri: .text(uri)]) }
}
