/// A form of the console. The handler puts in the token that proves where it was shown, and to whom.
struct ConsoleForm: Sendable {
    /// A path of ours.
    var action: String
    var purpose = Purpose.change
    var groups: [Group]
    var button: String
    /// The button ends something.
    var isDangerous = false
    var token = ""

    enum Purpose: Sendable {
        case change
        /// It changes nothing, and so is asked for by GET: it may be reloaded. The same for `search`, which finds things.
        case look
        case search
    }

    /// Fields that belong together.
    struct Group: Sendable {
        var legend: String?
        var explanation: String?
        var fields: [Field]

        init(legend: String? = nil, explanation: String? = nil, _ fields: [Field]) {
            self.legend = legend
            self.explanation = explanation
            self.fields = fields
        }
    }

    struct Field: Sendable {
        enum Kind: Sendable {
            case line
            /// One value a line.
            case lines
            case password
            case check
            case choice([(value: String, label: String)])
            case hidden
        }

        var name: String
        /// Members of the API that it is for beside the one of its name.
        var answersFor: [String]
        var label: String
        var kind: Kind
        var value: String
        var hint: String?
        /// What is wrong with the value.
        var error: String?
        var isRequired = false

        init(
            _ name: String, _ label: String = "", _ kind: Kind = .line, value: String = "", hint: String? = nil,
            isRequired: Bool = false, answersFor: [String] = []
        ) {
            self.name = name
            self.answersFor = answersFor
            self.label = label
            self.kind = kind
            self.value = value
            self.hint = hint
            self.isRequired = isRequired
        }
    }

    init(
        to action: String, _ fields: [Field], button: String, isDangerous: Bool = false, purpose: Purpose = .change
    ) {
        self.init(to: action, groups: [Group(fields)], button: button, isDangerous: isDangerous, purpose: purpose)
    }

    init(
        to action: String, groups: [Group], button: String, isDangerous: Bool = false, purpose: Purpose = .change
    ) {
        self.action = action
        self.groups = groups
        self.button = button
        self.isDangerous = isDangerous
        self.purpose = purpose
    }

    /// The same with what was typed, and what is wrong with one of the fields. `marked` leads there; nil: it has none of
    /// that member.
    func refilled(
        _ typed: [String: String], error: String, at member: String?
    ) -> (form: ConsoleForm, marked: ConsoleLink?) {
        var form = self
        var marked: ConsoleLink?
        for group in form.groups.indices {
            for index in form.groups[group].fields.indices {
                var field = form.groups[group].fields[index]
                switch field.kind {
                case .check: field.value = typed[field.name] ?? ""
                case .password: field.value = ""
                default: field.value = typed[field.name] ?? field.value
                }
                // Of several fields for one member the first shows what is wrong.
                if marked == nil, let member, ([field.name] + field.answersFor).contains(member) {
                    field.error = error
                    marked = ConsoleLink(label: field.label, uri: "#\(field.name)-error")
                }
                form.groups[group].fields[index] = field
            }
        }
        return (form, marked)
    }

    var members: PageMembers {
        var members = PageMembers([
            .action: .text(action), .button: .text(button), .dangerous: .flag(isDangerous),
            .groups: .list(groups.map(\.members)),
        ])
        switch purpose {
        case .change: members[text: .token] = token
        case .look: members[.get] = .flag(true)
        case .search:
            members[.get] = .flag(true)
            members[.search] = .flag(true)
        }
        return members
    }
}

extension ConsoleForm.Group {
    fileprivate var members: PageMembers {
        var members = PageMembers([.inputs: .list(fields.map(\.members))])
        members[text: .legend] = legend
        members[text: .explanation] = explanation
        return members
    }
}

extension ConsoleForm.Field {
    /// The ids of what explains it (WAI-ARIA 1.2, `aria-describedby`); nil: nothing does.
    private var described: String? {
        let ids = [hint.map { _ in "\(name)-hint" }, error.map { _ in "\(name)-error" }].compactMap(\.self)
        return ids.isEmpty ? nil : ids.joined(separator: " ")
    }

    fileprivate var members: PageMembers {
        var members = PageMembers([
            .name: .text(name), .label: .text(label), .value: .text(value), .required: .flag(isRequired),
        ])
        members[text: .hint] = hint
        members[text: .error] = error
        members[text: .described] = described
        switch kind {
        case .line: members[.line] = .flag(true)
        case .lines: members[.lines] = .flag(true)
        case .password: members[.password] = .flag(true)
        case .check:
            members[.check] = .flag(true)
            members[.current] = .flag(!value.isEmpty)
        case .hidden: members[.hidden] = .flag(true)
        case .choice(let options):
            var choice = PageMembers([
                .options: .list(
                    options.map { option in
                        PageMembers([
                            .value: .text(option.value), .label: .text(option.label),
                            .current: .flag(option.value == value),
                        ])
                    })
            ])
            choice[text: .error] = error
            choice[text: .described] = described
            members[.options] = .group(choice)
        }
        return members
    }
}
