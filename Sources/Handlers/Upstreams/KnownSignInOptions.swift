import OIDCLogic

/// How people sign in, as one thread made it out at one generation of the store.
final class KnownSignInOptions {
    private var known: (generation: Int64, options: SignInOptions)?

    func value(at generation: Int64, _ make: () throws -> SignInOptions) rethrows -> SignInOptions {
        if let known, known.generation == generation { return known.options }
        let options = try make()
        known = (generation, options)
        return options
    }
}
