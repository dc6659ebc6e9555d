import Handlers
import JOSE

/// How a plan is shown, before it is applied and after.
struct PlanOutput {
    private let plan: DeclarationPlan
    private let wasApplied: Bool

    init(_ plan: DeclarationPlan, wasApplied: Bool) {
        self.plan = plan
        self.wasApplied = wasApplied
    }

    /// On standard error, so that scripts can read what is printed.
    static func warn(_ plan: DeclarationPlan) {
        for warning in plan.warnings { StandardError.write("postern: warning: \(DisplayText.safe(warning))\n") }
    }

    func print() {
        let headings = plan.steps.map(heading)
        let width = headings.map(\.count).max() ?? 0
        for (step, heading) in zip(plan.steps, headings) {
            let gap = String(repeating: " ", count: width - heading.count + 2)
            Swift.print("\(Terminal.bold(heading))\(gap)\(DisplayText.safe(place(of: step)))")
            for difference in step.differences { show(difference, of: step) }
            for note in step.notes { Swift.print("    \(DisplayText.safe(note))") }
        }
        if !plan.steps.isEmpty { Swift.print("") }
        Swift.print(summary)
        tell(
            plan.leftovers, "No file declares these any more; --prune removes them, --release makes them free to change"
        )
        tell(
            plan.unowned, "These are as declared, but belong to no file; --adopt gives them to theirs")
    }

    private var summary: String {
        guard !plan.isEmpty else { return "Nothing to do: all that is declared is there." }
        let words: [(DeclarationStep.Action, before: String, after: String)] = [
            (.add, "to add", "added"), (.change, "to change", "changed"), (.adopt, "to adopt", "adopted"),
            (.move, "to move", "moved"), (.remove, "to remove", "removed"), (.release, "to release", "released"),
        ]
        let counts = words.filter { plan.count($0.0) > 0 }
        return counts.map { "\(plan.count($0.0)) \(wasApplied ? $0.after : $0.before)" }.joined(separator: ", ") + "."
    }

    private func tell(_ subjects: [DeclaredSubject], _ text: String) {
        guard !subjects.isEmpty else { return }
        Swift.print("\n\(text):")
        for subject in subjects { Swift.print("  \(name(of: subject))") }
    }

    private func heading(_ step: DeclarationStep) -> String {
        let sign =
            switch step.action {
            case .add: "+"
            case .remove: "-"
            case .change: "~"
            case .adopt, .move, .release: ">"
            }
        return "\(sign) \(name(of: step.subject))"
    }

    private func name(of subject: DeclaredSubject) -> String {
        let client = subject.client.map { " of \($0)" } ?? ""
        return DisplayText.safe("\(subject.name.kind.rawValue) \(subject.label)\(client)")
    }

    private func place(of step: DeclarationStep) -> String {
        let place = step.line.map { "\(step.file):\($0)" } ?? step.file
        return switch step.action {
        case .add, .change: place
        case .remove: "no longer in \(place)"
        case .adopt: "becomes that of \(place)"
        case .move: "is now in \(place)"
        case .release: "no longer in \(place); stays, and is no file's"
        }
    }

    private func show(_ difference: DeclarationDifference, of step: DeclarationStep) {
        let name = difference.member
        guard !difference.isSecret else {
            Swift.print("    \(name): \(secret(difference, of: step))")
            return
        }
        if step.action == .add, ["name", "client", "client_id"].contains(name) { return }
        let former = Self.items(difference.former, name)
        let new = Self.items(difference.new, name)
        if let former, let new, step.action == .change {
            Swift.print("    \(name):")
            for item in former where !new.contains(item) { Swift.print("      - \(item)") }
            for item in new where !former.contains(item) { Swift.print("      + \(item)") }
            if Set(former) == Set(new) { Swift.print("      in another order: \(new.joined(separator: " "))") }
        } else if step.action == .change {
            Swift.print("    \(name): \(Self.text(difference.former)) -> \(Self.text(difference.new))")
        } else if case .array(let items)? = difference.new {
            for (index, item) in items.enumerated() {
                Swift.print(
                    "    \(index == 0 ? "\(name):" : String(repeating: " ", count: name.count + 1)) \(Self.text(item))")
            }
        } else {
            Swift.print("    \(name): \(Self.text(difference.new))")
        }
    }

    private func secret(_ difference: DeclarationDifference, of step: DeclarationStep) -> String {
        guard difference.new != nil else { return "taken away" }
        guard let made = plan.newSecret(of: step) else { return "the one that the file names" }
        return wasApplied ? "\(made.reveal())  (shown once: keep it now)" : "one is made, and shown when it is applied"
    }

    /// Of a list, or of scopes, which are one in a single text.
    private static func items(_ value: JSON?, _ name: String) -> [String]? {
        switch value {
        case .array(let items)?: items.map(text)
        case .string(let names)? where ["scope", "default_scope"].contains(name):
            names.split(separator: " ").map { DisplayText.safe(String($0)) }
        default: nil
        }
    }

    private static func text(_ value: JSON?) -> String {
        switch value {
        case nil: "(not said)"
        case .string(let text)?: DisplayText.safe(text)
        case let value?: DisplayText.safe(value.text)
        }
    }
}
