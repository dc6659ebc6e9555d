import CArguments

/// What the program was started with.
package enum ProgramArguments {
    /// Without its own name.
    package static let words: [String] = (0..<postern_argument_count()).dropFirst().compactMap { index in
        unsafe postern_argument(index).map { unsafe String(cString: $0) }
    }
}
