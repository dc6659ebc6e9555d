import Handlers

extension [InstallationCheck.Finding] {
    /// A line for each, what was looked at in a column of its own.
    func print() {
        let width = map(\.subject.count).max() ?? 0
        for finding in self {
            let gap = String(repeating: " ", count: width - finding.subject.count + 2)
            let text = DisplayText.safe(finding.text)
            switch finding.status {
            case .ok: Swift.print("ok       \(finding.subject)\(gap)\(text)")
            case .warning: Swift.print("\(Terminal.bold("warning"))  \(finding.subject)\(gap)\(text)")
            case .fault: Swift.print("\(Terminal.bold("FAULT"))    \(finding.subject)\(gap)\(text)")
            }
        }
    }
}
