/// A form of the console. The handler puts in the token that proves where it was shown, and to whom.
struct ConsoleForm: Sendable {
    /// A path of ours.
    var action: String
    /// Asked for by GET: it changes nothing.
    var isSearch = false
    var fields: [Field]
    var button: String
    /// The button ends something.
    var isDangerous = false
    var token = ""

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
        var label: String
        var kind: Kind
        var value: String
        var hint: String?
        /// What is wrong with the value.
        var error: String?
        var isRequired = false

        init(
            _ name: String, _ label: String = "", _ kind: Kind = .line, value: String = "", hint: String? = nil,
            isRequired: Bool = false
        ) {
            self.name = name
            self.label = label
            self.kind = kind
            self.value = value
            self.hint = hint
            self.isRequired = isRequired
        }
    }

    init(
        to action: String, _ fields: [Field], button: String, isDangerous: Bool = false, isSearch: Bool = false
    ) {
        self.action = action
        self.fields = fields
        self.button = button
        self.isDangerous = isDangerous
        self.isSearch = isSearch
    }

    /// The same with what was typed, and what is wrong with one of the fields. True: it has that field.
    func refilled(_ typed: [String: String], error: String, at member: String?) -> (form: ConsoleForm, isHere: Bool) {
        var form = self
        var isHere = false
        for index in form.fields.indices {
            let name = form.fields[index].name
            if case .check = form.fields[index].kind {
                form.fields[index].value = typed[name] ?? ""
            } else if case .password = form.fields[index].kind {
                form.fields[index].value = ""
            } else if let value = typed[name] {
                form.fields[index].value = value
            }
            guard let member, name == member else { continue }
            form.fields[index].error = error
            isHere = true
        }
        return (form, isHere)
    }

    var members: PageMembers {
        var members = PageMembers([
            .action: .text(action), .button: .text(button), .dangerous: .flag(isDangerous),
            .inputs: .list(fields.map(\.members)),
        ])
        if isSearch {
            members[.search] = .flag(true)
        } else {
            members[text: .token] = token
        }
        return members
    }
}

extension ConsoleForm.Field {
    fileprivate var members: PageMembers {
        var members = PageMembers([
            .name: .text(name), .label: .text(label), .value: .text(value), .required: .flag(isRequired),
        ])
        members[text: .hint] = hint
        members[text: .error] = error
        switch kind {
        case .line: members[.line] = .flag(true)
        case .lines: members[.lines] = .flag(true)
        case .password: members[.password] = .flag(true)
        case .check:
            members[.check] = .flag(true)
            members[.current] = .flag(!value.isEmpty)
        case .hidden: members[.hidden] = .flag(true)
        case .choice(let options):
            members[.options] = .group(
                PageMembers([
                    .options: .list(
                        options.map { option in
                            PageMembers([
                                .value: .text(option.value), .label: .text(option.label),
                                .current: .flag(option.value == value),
                            ])
                        })
                ]))
        }
        return members
    }
}
