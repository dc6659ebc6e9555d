/// What a sealed value is for. One that was sealed for another purpose doesn't open.
///
/// Each user adds its own as a `static let` in an extension; no two may have the same text.
package struct Purpose: RawRepresentable, Hashable, Sendable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }
}
