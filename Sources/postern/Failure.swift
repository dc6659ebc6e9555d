import ArgumentParser
import Handlers

/// Something that went wrong, in words for the administrator.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// Nil for what the argument parser says by itself: help, and words that it didn't understand.
    static func text(of error: any Error) -> String? { lines(of: error)?.map(DisplayText.safe).joined(separator: "\n") }

    private static func lines(of error: any Error) -> [String]? {
        switch error {
        case is ValidationError, is CleanExit, is ExitCode: nil
        case let error as ConfigurationErrors: error.faults.map(\.description)
        case let error as any AdministratorFacing: ["postern: \(error.administratorText)"]
        case let error as Failure: ["postern: \(error.description)"]
        default: String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") ? nil : ["postern: \(error)"]
        }
    }
}
