/// What an apply is asked for beside what files say.
package struct DeclarationOptions: Sendable {
    /// What becomes of what files once declared and no longer name.
    package enum Fate: Sendable {
        case keep, remove, release
    }

    package var fate = Fate.keep
    /// Whether what is as declared, but was made otherwise, becomes the file's.
    package var adopts = false
    /// Ids of declared clients that get another secret.
    package var newSecrets: Set<String> = []
    /// In seconds, how long a secret that another takes the place of is taken beside it.
    package var secretOverlap: Int64 = 0

    package init() {}
}
