/// The page that sends an answer on to the app by a form (OAuth 2.0 Form Post Response Mode §2). Where scripts run it goes
/// by itself, and elsewhere by a button.
package struct FormPostPage: Page {
    package static let template = PageTemplate.formPost

    package var action: String
    package var fields: [(name: String, value: String)]

    package init(action: String, fields: [(name: String, value: String)]) {
        self.action = action
        self.fields = fields
    }

    package func members(in texts: PageTexts) -> PageMembers {
        PageMembers([
            .action: .text(action),
            .fields: .list(fields.map { PageMembers([.name: .text($0.name), .value: .text($0.value)]) }),
        ])
    }
}
