/// Every name that a template may use for what a page fills in, so that a misspelt one is found at start.
package enum PageMember: String, Sendable, CaseIterable {
    // Apps and people.
    case app, unverified, logo, user, destination
    // Forms.
    case action, attempt, token, loginHint, remember, focusUsername, focusPassword, byAddress
    // What went wrong with a form.
    case failed, wrongCredentials, seconds, minutes, busy, stale, unreachable, notAdmitted, removed,
        missingPassword, unknownAddress
    // Where else to sign in.
    case upstreams
    // Lists about what is asked for, and by whom.
    case scopes, name, links, uri, host, label
    // Errors.
    case title, explanation, advice, reference, startAgain, error, description, asksAdministrator
    // Signing out.
    case told, frames, sources, onward, byItself
    // The landing page.
    case discovery
    // An answer on its way to the app.
    case fields, value
    // The account page.
    case ways, mayEnd
    case apps, since, keepsAccess, sessions, several, device, address, lastUsed, until, signIns, tooShort, unusable,
        different
    // The console: its frame, its blocks, and what is in them.
    case tabs, current, signOut, back, done, blocks, heading, text, code, block, empty
    case details, values, table, columns, rows, cells
    case form, get, groups, legend, inputs, button, dangerous, search
    case hint, described, required, line, lines, password, check, hidden, options
    case charts, bars, x, y, width, height, first, last
    // Every page.
    case help, contact
}
