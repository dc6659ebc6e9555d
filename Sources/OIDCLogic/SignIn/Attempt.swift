import JOSE

/// A sign-in under way: what a page carries in its hidden field, sealed, so that no row is written to begin one.
///
/// It holds the request as it came. Each step validates that again, for the client as it is then, and a page that is too
/// old starts its own request again. A value of this type proves that it was sealed here.
package struct Attempt: Sendable {
    /// Single: a step is taken once, so each step has an id of its own.
    package private(set) var id: AttemptID
    package let startedAt: Timestamp
    /// The sign-in on its login page, after which its user has been sent on.
    package private(set) var signIn: SignIn?
    /// The digest of the cookie of the browser that it was shown in.
    private let browser: [UInt8]
    package let request: AuthorizationRequest
    /// Whether it came by the door for administrators with a password here, wherever else people sign in.
    package let isLocal: Bool
    /// Set where its user signs in at an upstream to be known by it here.
    package private(set) var linking: Linking?

    /// What somebody has typed to say where they sign in, so that they needn't type it there again.
    package private(set) var typedName: String?

    /// Whom an upstream's identity is linked to, by what proves them.
    package enum Linking: Sendable, Equatable {
        /// Whoever is signed in by this session.
        case session(SessionID)
        /// Whoever was invited by the link of this digest.
        case invitation([UInt8])
    }

    package struct SignIn: Sendable, Equatable {
        package let user: UserID
        package let time: Timestamp
    }

    package init(
        _ request: AuthorizationRequest, in browser: BrowserToken, isLocal: Bool = false, at now: Timestamp,
        random: some RandomSource
    ) {
        id = AttemptID(Base64URL.encode(random.bytes(16)))
        startedAt = now
        self.browser = browser.digest
        self.request = request
        self.isLocal = isLocal
    }

    /// The same attempt, for the step after its login page.
    package func signedIn(as user: UserID, at now: Timestamp) -> Attempt {
        var next = self
        // Signing in has spent the id. The next is derived, not random: a form sent twice leads to one next step.
        next.id = AttemptID("\(id.value).2")
        next.typedName = nil
        next.signIn = SignIn(user: user, time: now)
        return next
    }

    /// The same for whoever links an upstream.
    package func linking(_ linking: Linking) -> Attempt {
        var next = self
        next.linking = linking
        return next
    }

    /// The same for whoever has typed that.
    ///
    /// - Parameter name: of at most as many bytes as a `login_hint`.
    package func naming(_ name: String) -> Attempt {
        var next = self
        next.typedName = name
        return next
    }

    /// What its user has done so far. It counts for as long as a code lives: whoever comes back to that address later
    /// begins anew, so going back in the browser skips no sign-in.
    package func progress(within lifetime: Int64, at now: Timestamp) -> Progress {
        guard let signIn, signIn.time.isWithin(lifetime, of: now) else { return .arrived }
        return .signedIn(as: signIn.user, since: startedAt)
    }

    /// Whether it was shown in this browser. One that another browser began would sign its user in to someone else's
    /// account.
    package func belongs(to token: BrowserToken?) -> Bool {
        guard let token else { return false }
        return constantTimeEqual(browser, token.digest)
    }
}

extension Attempt {
    package func sealed(by seal: Seal) -> String { seal.seal(content.serialized(), purpose: .attempt) }

    /// Throws if it isn't one of ours.
    package init(sealed text: String, opening seal: Seal) throws {
        try self.init(content: JSON(parsing: try seal.open(text, purpose: .attempt)))
    }

    /// For what is sealed.
    var content: JSON {
        var content: [String: JSON] = [
            "id": .string(id.value), "started_at": .integer(startedAt.seconds),
            "browser": .string(Base64URL.encode(browser)),
            "fields": .array(request.fields.flatMap { [.string($0.name), .string($0.value)] }),
        ]
        if request.isSigned { content["signed"] = true }
        if isLocal { content["local"] = true }
        content["typed"] = typedName.map(JSON.string)
        switch linking {
        case nil: break
        case .session(let session): content["links_session"] = .string(session.value)
        case .invitation(let digest): content["invitation"] = .string(Base64URL.encode(digest))
        }
        if let signIn {
            content["signed_in_at"] = .integer(signIn.time.seconds)
            content["sub"] = .string(signIn.user.value)
        }
        return .object(content)
    }

    /// Of what was unsealed.
    init(content: JSON) throws {
        guard let id = content["id"]?.stringValue, let startedAt = content["started_at"]?.integerValue,
            let browser = content["browser"]?.stringValue.flatMap(Base64URL.decode),
            let fields = content["fields"]?.arrayValue?.compactMap(\.stringValue)
        else { throw SealError.unexpectedContent }
        self.id = AttemptID(id)
        self.startedAt = Timestamp(startedAt)
        if let time = content["signed_in_at"]?.integerValue, let user = content["sub"]?.stringValue {
            signIn = SignIn(user: UserID(user), time: Timestamp(time))
        }
        self.browser = browser
        isLocal = content["local"]?.boolValue ?? false
        typedName = content["typed"]?.stringValue
        if let session = content["links_session"]?.stringValue {
            linking = .session(SessionID(session))
        } else if let digest = content["invitation"]?.stringValue.flatMap(Base64URL.decode) {
            linking = .invitation(digest)
        }
        request = try AuthorizationRequest(
            Parameters(stride(from: 0, to: fields.count - 1, by: 2).map { (name: fields[$0], value: fields[$0 + 1]) }),
            isSigned: content["signed"]?.boolValue ?? false)
    }
}

/// What binds a page to the browser that it was shown in, before anyone has signed in there: 128 random bits in a
/// cookie.
package struct BrowserToken: Sendable {
    package let text: String

    package init(random: some RandomSource) { text = Base64URL.encode(random.bytes(16)) }

    /// Nil for what was never one of ours.
    package init?(cookie: String) {
        guard cookie.utf8.count == 22, Base64URL.decode(cookie)?.count == 16 else { return nil }
        text = cookie
    }

    package var digest: [UInt8] { Digest.sha256(Array(text.utf8)) }
}
