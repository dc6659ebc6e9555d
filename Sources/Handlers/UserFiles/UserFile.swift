/// Users that a file names, and what is wrong with it.
package struct UserFile: Sendable {
    package internal(set) var records: [UserRecord] = []
    package internal(set) var faults: [UserFileFault] = []
}

/// What is wrong with a line, and what to do. A password or a hash is never in it.
package struct UserFileFault: Error, Sendable, Equatable {
    /// Counted from 1.
    package let line: Int
    package let text: String

    init(line: Int, _ text: String) {
        self.line = line
        self.text = text
    }
}
