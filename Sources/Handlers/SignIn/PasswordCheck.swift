import OIDCLogic

/// Why a password proves nothing.
enum PasswordFailure: Error, Equatable {
    /// Or there is no such user: which, nobody is told.
    case wrong
    case throttled(seconds: Int)
    case busy
}

extension Provider {
    /// Whoever it is that has this name and password.
    func check(
        _ password: String, of name: Username, from address: String
    ) throws -> Result<AuthenticatedUser, PasswordFailure> {
        let account = ThrottleKey.login(account: name)
        let keys = [account, .login(address: address)]
        // Whoever must wait for what is recorded hashes nothing, and is no attempt that others have to wait for.
        if let throttled = try throttled(keys, others: [:]) { return .failure(throttled) }
        // By account alone: behind an address many people sign in at once, and none of them is a guess of another.
        return try checks.during([account]) { others in
            // Whoever was found here no longer has left behind what must be seen now.
            store.moveOn()
            if let throttled = try throttled(keys, others: others) { return .failure(throttled) }
            let now = now()
            do {
                let user = try store.user(named: name)
                store.moveOn()
                let found = try passwords.user(user, password: password)
                if let found { return .success(found) }
            } catch let error as OAuthError where error.code == .temporarilyUnavailable {
                return .failure(.busy)
            }
            try store.recordFailure(for: keys, at: now)
            return .failure(.wrong)
        }
    }

    /// Nil: go on.
    private func throttled(_ keys: [ThrottleKey], others: [ThrottleKey: Int]) throws -> PasswordFailure? {
        let now = now()
        let waits = try keys.map { key in
            let failures = try store.failedAttempts(for: key)
            return key.throttle.wait(after: failures, inFlight: others[key] ?? 0, at: now)
        }
        guard let wait = waits.max(), wait > 0 else { return nil }
        return .throttled(seconds: Int(wait))
    }
}
