/// Every name that a template may use for what a page fills in, so that a misspelt one is found at start.
package enum PageMember: String, Sendable, CaseIterable {
    // Apps and people.
    case app, unverified, user, destination
    // Forms.
    case action, attempt, token, loginHint, focusUsername, focusPassword
    // What went wrong with a form.
    case failed, wrongCredentials, seconds, minutes, busy, stale
    // Lists on the consent page.
    case scopes, name, links, uri, host, label
    // Errors.
    case title, explanation, advice, reference, startAgain, error, description
    // The landing page.
    case discovery
    // An answer on its way to the app.
    case fields, value
    // The console: its frame, its blocks, and what is in them.
    case tabs, current, signOut, back, done, blocks, heading, text, code, block, empty
    case details, values, table, columns, rows, cells
    case form, inputs, button, dangerous, search, hint, required, line, lines, password, check, hidden, options
    case chart, bars, x, y, width, height, first, last
    // Every page.
    case help
}
