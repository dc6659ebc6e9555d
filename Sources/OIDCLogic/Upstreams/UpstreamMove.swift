/// A provider has another issuer since, and calls its users what it called them before.
package struct UpstreamMove: Sendable, Equatable {
    /// The issuer that people are linked by now.
    package let former: String
    /// What they will be linked by.
    package let issuer: String
    /// Which upstream that is.
    package let upstream: UpstreamName
    /// Of the store, changed with it as ``UpstreamDeclarationStore/replace(_:)`` does; nil: the upstream has that issuer already.
    package let declaration: UpstreamDeclaration?

    package init(
        former: String, issuer: String, upstream: UpstreamName, declaration: UpstreamDeclaration? = nil
    ) {
        self.former = former
        self.issuer = issuer
        self.upstream = upstream
        self.declaration = declaration
    }
}
