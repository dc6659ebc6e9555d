import OIDCLogic

/// Changes something in the store that others may be changing at the same time.
enum ChangeAgain {
    /// Each of them that comes between has made its own change, so this many can't all be bad luck.
    private static let limit = 50

    /// Runs `change`, which reads, decides and replaces, again whenever what it read has changed meanwhile.
    static func whileOthersDo<Result>(_ change: () throws -> Result) throws -> Result {
        for _ in 1..<limit {
            do { return try change() } catch StoreError.changed { continue }
        }
        return try change()
    }
}
